import type { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics, Registered } from '../../reader.ts';
import { enter, exitHere } from '../../trace/closures.ts';
import { declareInput } from '../../trace/declared-input.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import { input, literal, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { leaving, waysOf } from '../leaving.ts';
import { partOf } from '../request-parts.ts';
import { formOf } from '../web-request.ts';
import { argumentsOf, argumentTypes } from './arguments.ts';
import { type Around, behindMiddleware, library } from './handlers.ts';
import { answeredWith, leads } from './leaving.ts';

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
  if (value.kind === 'special' && (value.invoke || value.call)) {
    made(machine, { value, node }, shown);
    return;
  }
  if (value.kind !== 'closure') return;
  const args = valuesOf(machine, value.node);
  leaving(machine, answerTo, () => {
    const { returns } = enter(machine, value, { args, node });
    for (const exit of returns.flatMap(waysOf)) kept(machine, exit, shown);
  });
}

/** An action that a library made: called with one value. `#answer` is a call whose errors leave as answers. */
function made(
  machine: Machine,
  { value: action, node }: { value: Special; node: ts.Node },
  shown: readonly string[],
): void {
  const { length: mark } = machine.path.facts;
  const args = [input('body', ['input'], null)];
  leaving(machine, answerTo, () => {
    const value = action.invoke?.('#answer', args, node) ?? action.call?.(args, node) ?? UNDEFINED;
    if (machine.path.dead) return;
    for (const exit of waysOf(exitHere(machine, value, { node, mark }))) kept(machine, exit, shown);
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
  const body = answeredWith(thrown);
  if (body) return makeResponse(at, { body });
  const to = leads(thrown);
  if (!to) return undefined;
  const { location } = to;
  return location
    ? makeResponse(at, { kind: 'redirect', status: literal(303), location })
    : makeResponse(at, { status: literal(to.status) });
}

/** The values it is called with; what a page bound and a form's fields are the request's body. */
function valuesOf(machine: Machine, action: ts.Node): Value[] {
  const types = argumentTypes(action);
  const { path } = machine.endpoint;
  const segments = path.split('/').filter(Boolean);
  const given = argumentsOf(action, path);
  const names = given.flatMap((each) =>
    typeof each === 'object' && 'body' in each ? each.body : [],
  );
  const properties = Object.fromEntries(names.map((name) => [name, types.get(name) ?? {}]));
  if (names.length > 0 && !given.includes('form'))
    declareInput(machine, 'body', { type: 'object', properties, required: names });
  return given.map((each): Value => {
    if (each === 'form') return formOf(machine);
    if (each === 'state') return object([], true);
    if ('segment' in each) {
      const name = segments[each.segment]?.slice(1) ?? '';
      return machine.get(partOf(machine, 'params'), name, action);
    }
    return input('body', [each.body], types.get(each.body) ?? null);
  });
}
