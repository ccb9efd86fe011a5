import type { InputPart } from '../../../condition/condition.ts';
import { ts } from '../../../kernel/syntax.ts';
import { declareProperty } from '../../trace/declare.ts';
import { fileScope } from '../../trace/environment.ts';
import type { Machine } from '../../trace/machine.ts';
import { thirdParty } from '../../trace/outside.ts';
import {
  native,
  type Scope,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { headerOf, headersOf } from '../request-parts.ts';
import { contextOf } from './context.ts';
import { enhanced, madeOf } from './enhancers.ts';
import { piped } from './pipes.ts';
import { requestOf } from './request.ts';
import { responseOf } from './response.ts';
import type { Handler } from './steps.ts';

/** What a parameter's decorator asks for. */
interface Asked {
  /** `Body`, `Param`, …, or `custom` for the app's own. */
  readonly kind: string;
  readonly name: string | undefined;
  readonly pipes: readonly Value[];
  /** What the app's own decorator makes of the request. */
  readonly value: ((node: ts.Node) => Value) | null;
}

const asked = new WeakMap<object, Asked>();

const OWN =
  /^(Body|Query|Param|Headers|Req|Request|Res|Response|Next|Session|Ip|HostParam|UploadedFiles?|RawBody)$/;

/** A parameter decorator of Nest as a value; undefined for other names. */
export function paramDecorator(name: string, args: readonly Value[]): Value | undefined {
  if (!OWN.test(name)) return undefined;
  const [first, ...rest] = args;
  const property = stringOf(first);
  const pipes = property === undefined ? args : rest;
  return marker({ kind: name, name: property, pipes: pipes.filter(isPipe), value: null });
}

/** `createParamDecorator((data, context) => …)`. */
export function ownDecorator(machine: Machine, [factory = UNDEFINED]: readonly Value[]): Value {
  return native('decorator', ([data = UNDEFINED, ...pipes]) => {
    const plain = !isPipe(data);
    const value = (node: ts.Node) =>
      machine.settle(
        machine.call(factory, [plain ? data : UNDEFINED, contextOf(machine)], node),
        node,
      );
    const all = plain ? pipes : [data, ...pipes];
    return marker({ kind: 'custom', name: undefined, pipes: all.filter(isPipe), value });
  });
}

/** A pipe is a class, or an object with behaviour; data and options are plain. */
function isPipe(value: Value): boolean {
  return ['class', 'package', 'instance', 'special'].includes(value.kind);
}

function marker(about: Asked): Special {
  const made: Special = { kind: 'special', name: 'nest:parameter' };
  asked.set(made, about);
  return made;
}

/** What a handler is called with, each argument through the pipes. */
export function argumentsOf(machine: Machine, handler: Handler): Value[] {
  const pipes = handler.pipes.map((each) => enhanced(machine, each));
  return handler.method.parameters.map((parameter) =>
    machine.path.dead ? UNDEFINED : argument(machine, parameter, pipes),
  );
}

function argument(
  machine: Machine,
  parameter: ts.ParameterDeclaration,
  pipes: readonly Value[],
): Value {
  const scope = fileScope(parameter.getSourceFile().fileName);
  let others: Value = UNDEFINED;
  for (const { expression } of ts.getDecorators(parameter) ?? []) {
    const found = machine.evaluate(expression, scope);
    const about = found.kind === 'special' ? asked.get(found) : undefined;
    if (!about) {
      others = given(machine, expression, scope);
      continue;
    }
    const from = FROM[about.kind];
    const own = about.pipes.map((each) => madeOf(machine, each));
    const plain = plainValue(machine, about, expression);
    if (!from && about.kind !== 'custom') return plain;
    const { name } = about;
    if (from && name !== undefined)
      declareProperty(machine, { from, name, required: false }, textual(from));
    const metadata = { from: from ?? null, name, type: typeOf(parameter), node: expression };
    return piped(machine, { value: plain, pipes: [...pipes, ...own], metadata });
  }
  return others;
}

/** What a third party's decorator gives. */
function given(machine: Machine, decorator: ts.Expression, scope: Scope): Value {
  const made = ts.isCallExpression(decorator) ? decorator.expression : decorator;
  const value = machine.evaluate(made, scope);
  return value.kind === 'package' ? thirdParty(value) : UNDEFINED;
}

/** The type a parameter still has when the app runs: one imported as a type alone is gone by then. */
function typeOf({ type }: ts.ParameterDeclaration): ts.TypeNode | undefined {
  if (!type || !ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return type;
  const { text } = type.typeName;
  const erased = type.getSourceFile().statements.some((each) => {
    const clause = ts.isImportDeclaration(each) ? each.importClause : undefined;
    const bindings = clause?.namedBindings;
    const named = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
    const own = named.find(({ name }) => name.text === text);
    const isNamed = own !== undefined || clause?.name?.text === text;
    return isNamed && (clause?.isTypeOnly === true || own?.isTypeOnly === true);
  });
  return erased ? undefined : type;
}

/** What the address and headers carry is text. */
function textual(from: InputPart) {
  return from === 'body' ? {} : { type: 'string' };
}

const FROM: Readonly<Record<string, InputPart>> = {
  Body: 'body',
  Query: 'query',
  Param: 'params',
  Headers: 'headers',
};

function plainValue(machine: Machine, { kind, name, value }: Asked, node: ts.Node): Value {
  const part = (from: string) => {
    const whole = requestOf(machine).get?.(from, node) ?? UNDEFINED;
    return name === undefined ? whole : machine.get(whole, name, node);
  };
  switch (kind) {
    case 'custom':
      return value?.(node) ?? UNDEFINED;
    case 'Body':
      return part('body');
    case 'Query':
      return part('query');
    case 'Param':
      return part('params');
    case 'Headers':
      return name === undefined ? headersOf(machine) : headerOf(machine, name);
    case 'Req':
    case 'Request':
      return requestOf(machine);
    case 'Res':
    case 'Response':
      return responseOf(machine);
    case 'Session':
      return requestOf(machine).get?.('session', node) ?? UNDEFINED;
    default:
      return unknown(`request ${kind.toLowerCase()}`);
  }
}

/** Whether a handler has a parameter of such a decorator, and with which options. */
export function decoratedWith(
  method: ts.MethodDeclaration,
  name: RegExp,
): ts.CallExpression | undefined {
  for (const parameter of method.parameters)
    for (const { expression } of ts.getDecorators(parameter) ?? [])
      if (ts.isCallExpression(expression) && name.test(expression.expression.getText()))
        return expression;
  return undefined;
}
