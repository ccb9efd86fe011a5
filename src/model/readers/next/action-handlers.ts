import { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics, JsonSchema, Registered } from '../../reader.ts';
import { enter } from '../../trace/closures.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { declareInput } from '../../trace/schemas.ts';
import { object } from '../../trace/terms.ts';
import { input, literal, type Value } from '../../trace/values.ts';
import { partOf } from '../request-parts.ts';
import { type Around, behindMiddleware, library } from './handlers.ts';
import { leads, leaving, waysOf } from './leaving.ts';
import { formOf } from './request.ts';

interface Called extends Around {
  /** The parts of what it returns that are shown beside its form. */
  readonly shown: readonly string[];
}

/** Server actions: called with what a page bound to them and a form's fields, answered by what they return. */
export function actionHandlers(around: Called): HandlerSemantics {
  return {
    ...library,
    step: (machine, step, then) => {
      const work = () => called(machine, step.registered, around.shown);
      behindMiddleware(machine, step, { around, then, work });
    },
  };
}

function called(machine: Machine, registered: Registered, shown: readonly string[]): void {
  const node = registered.expression;
  const value = machine.standing(registered);
  if (value.kind !== 'closure') return;
  const args = argumentsOf(machine, value.node);
  leaving(machine, answerTo, () => {
    const { returns } = enter(machine, value, { args, node });
    for (const exit of returns.flatMap(waysOf)) kept(machine, exit, shown);
  });
}

function kept(machine: Machine, exit: Exit, shown: readonly string[]): void {
  const { value, node } = exit;
  const body = value.kind === 'undefined' ? null : machine.settle(value, node);
  const text = body?.kind === 'object' ? shown.map((name) => machine.get(body, name, node)) : [];
  const response = makeResponse(node, { body, text });
  machine.endings.push({
    exit: { ...exit, value: response },
    thrown: null,
    step: machine.current,
  });
  machine.stopped.add(machine.current);
}

function answerTo(thrown: Value, at: ts.Node): Value | undefined {
  const to = leads(thrown);
  if (!to) return undefined;
  const { location } = to;
  return location
    ? makeResponse(at, { kind: 'redirect', status: literal(303), location })
    : makeResponse(at, { status: literal(to.status) });
}

/** A form is what its parameter says; before it stands the state it was shown with, and what was bound. */
function argumentsOf(machine: Machine, { parameters }: ts.FunctionLikeDeclaration): Value[] {
  const form = parameters.findIndex(isForm);
  const names = parameters.map(({ name }) => (ts.isIdentifier(name) ? name.text : ''));
  const params = partOf(machine, 'params');
  const given = parameters.filter(
    (_, index) => index !== form && index !== form - 1 && !isParam(params, names[index]),
  );
  const properties = given.map((parameter) => [parameter.name.getText(), typeOf(parameter.type)]);
  const required = properties.map(([name]) => name);
  const schema = { type: 'object', properties: Object.fromEntries(properties), required };
  if (given.length > 0) declareInput(machine, 'body', schema);
  return parameters.map((parameter, index) => {
    const name = names[index] ?? '';
    if (index === form) return formOf(machine);
    if (index === form - 1) return object([], true);
    if (isParam(params, name)) return machine.get(params, name, parameter);
    return input('body', [name], typeOf(parameter.type));
  });
}

function isForm({ name, type }: ts.ParameterDeclaration): boolean {
  if (type) return type.getText() === 'FormData';
  return ts.isIdentifier(name) && /^(form|formData|data)$/.test(name.text);
}

/** What a page bound to an action under the name of one of its own path's parameters. */
function isParam(params: Value, name: string | undefined): boolean {
  const schema = params.kind === 'term' ? params.type.schema?.['properties'] : undefined;
  return typeof schema === 'object' && schema !== null && Object.keys(schema).includes(name ?? '');
}

function typeOf(type: ts.TypeNode | undefined): JsonSchema {
  const said = type?.getText();
  return said === 'string' || said === 'number' || said === 'boolean' ? { type: said } : {};
}
