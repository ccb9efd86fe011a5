import { ts } from '../../../kernel/syntax.ts';
import type { Endpoint, Registered } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import type { Value as Static } from '../../static/value.ts';
import { apart } from '../../trace/apart.ts';
import { arrayOfAll } from '../../trace/composites.ts';
import { assignField, fileScope } from '../../trace/environment.ts';
import { typedValue } from '../../trace/injected.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import {
  type ClassValue,
  literal,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import type { Provider, Token } from './container.ts';
import type { Module } from './modules.ts';
import { type Handler, stepOf } from './steps.ts';

/** The handler whose endpoint is being traced; undefined for an endpoint of another framework. */
export function handlerOf(machine: Machine): Handler | undefined {
  return stepOf(machine.endpoint.chain.at(-1))?.handler;
}

/** What the container made so far for the endpoint that is traced. */
const made = new WeakMap<Endpoint, Map<unknown, Value>>();

function once(machine: Machine, key: unknown, make: () => Value): Value {
  const known = made.get(machine.endpoint) ?? new Map<unknown, Value>();
  made.set(machine.endpoint, known);
  const before = known.get(key);
  if (before) return before;
  known.set(key, unknown('circular dependency'));
  const value = make();
  known.set(key, value);
  return value;
}

/** What the container has for a token; undefined where nothing provides it. */
export function provided(
  machine: Machine,
  token: Token | undefined,
  from: Module | null,
): Value | undefined {
  const all = token === undefined ? [] : (handlerOf(machine)?.container.find(token, from) ?? []);
  const provider = all.find((each) => reads(machine, each)) ?? all.at(-1);
  return provider && supplied(machine, provider);
}

/** Where settings choose among providers: one written with a data-access library that is understood. */
function reads(machine: Machine, { token, what }: Provider): boolean {
  const meaning = ts.isIdentifier(what.expression)
    ? machine.deps.program.meaning(what.expression)
    : undefined;
  const file = meaning?.kind === 'declared' ? meaning.file : what.file;
  return (
    typeof token !== 'string' &&
    machine.deps.program
      .imports(file)
      .some((each) => machine.deps.queries.some(({ from }) => from.test(each)))
  );
}

/** What a provider gives: a class's one instance, a value, what a factory makes. */
export function supplied(machine: Machine, provider: Provider): Value {
  if (provider.kind === 'class') return instanceOf(machine, provider.what, provider.module);
  return once(machine, provider, () => {
    const what = machine.standing(provider.what);
    if (provider.kind === 'existing') {
      const token = handlerOf(machine)?.container.tokenAt(provider.what.expression);
      return provided(machine, token, provider.module) ?? what;
    }
    if (provider.kind === 'value') return what;
    const args = provider.inject.map((each) => asked(machine, each, provider.module));
    const node = provider.what.expression;
    return apart(machine, () => machine.settle(machine.call(what, args, node), node));
  });
}

/** An entry of a factory's `inject`: a token, or `{ token, optional }`. */
function asked(machine: Machine, value: Static, from: Module): Value {
  const inner = value.kind === 'object' ? (value.entries.get('token') ?? value) : value;
  const token = handlerOf(machine)?.container.tokenOf(inner);
  return (
    provided(machine, token, from) ??
    ownType(machine, inner) ??
    unknown(inner.origin?.expression.getText() ?? 'provider')
  );
}

/** A class of a package, as a type that a library knows. */
function ownType(machine: Machine, value: Static): Value | undefined {
  if (value.kind !== 'package') return undefined;
  const name = value.path.join('.');
  for (const { semantics } of machine.deps.frameworks) {
    const known = semantics.from.test(value.package)
      ? semantics.typed?.(machine, { name, args: [] })
      : undefined;
    if (known) return known;
  }
  for (const { from, typed } of machine.deps.queries) {
    const known = from.test(value.package) ? typed?.(machine, { name, args: [] }) : undefined;
    if (known) return known;
  }
  return undefined;
}

/** The one instance of a class, made when something of it is first used. */
export function instanceOf(machine: Machine, what: Registered, from: Module | null): Value {
  const type = machine.standing(what);
  return type.kind === 'class' ? lazily(machine, type, from) : type;
}

function lazily(machine: Machine, type: ClassValue, from: Module | null): Special {
  const target = () => instance(machine, type, from);
  return {
    kind: 'special',
    name: type.node.name?.text ?? 'provider',
    get: (name, node) => machine.get(target(), name, node),
    set: (name, value) => assignField(machine, { owner: target(), name }, value),
    invoke: (name, args, node) => machine.invoke(target(), { name, args }, node),
  };
}

/** A class's instance with what the container puts into its constructor. */
export function instance(machine: Machine, type: ClassValue, from: Module | null): Value {
  return once(machine, type.node, () =>
    apart(machine, () => {
      const module = handlerOf(machine)?.container.moduleOf(type.node) ?? from;
      const args = (makerOf(machine, type)?.parameters ?? []).map((each) =>
        given(machine, each, module),
      );
      return machine.construct(type, args, type.node);
    }),
  );
}

/** The constructor that runs for a class: its own, or the nearest it inherits. */
function makerOf(machine: Machine, type: ClassValue): ts.ConstructorDeclaration | undefined {
  let at: Value | undefined = type;
  for (let depth = 0; at?.kind === 'class' && depth < 12; depth += 1) {
    const own: ts.ClassElement | undefined = at.node.members.find(
      (member) => ts.isConstructorDeclaration(member) && member.body !== undefined,
    );
    if (own && ts.isConstructorDeclaration(own)) return own;
    const [parent]: readonly ts.ExpressionWithTypeArguments[] =
      at.node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types ??
      [];
    at = parent && machine.evaluate(parent.expression, at.scope);
  }
  return undefined;
}

/** What a constructor's parameter or a property is given: by its token, else by its type. */
export function given(
  machine: Machine,
  node: ts.ParameterDeclaration | ts.PropertyDeclaration,
  from: Module | null,
): Value {
  const container = handlerOf(machine)?.container;
  const named = tokenIn(machine, node);
  const token = named ? container?.tokenAt(named) : typeToken(machine, node.type);
  return (
    provided(machine, token, from) ??
    settingsAt(machine, named) ??
    typedValue(machine, node.type) ??
    unknown(node.name.getText())
  );
}

/** The argument of `@Inject(TOKEN)`, or of a decorator of the app that is one: `const Settings = () => Inject(TOKEN)`. */
function tokenIn(machine: Machine, node: ts.ParameterDeclaration | ts.PropertyDeclaration) {
  for (const { expression } of ts.getDecorators(node) ?? []) {
    const token = ts.isCallExpression(expression) ? tokenOf(machine, expression) : undefined;
    if (token) return token;
  }
  return undefined;
}

function tokenOf(machine: Machine, call: ts.CallExpression): ts.Expression | undefined {
  if (call.expression.getText() === 'Inject') return call.arguments[0];
  const name = ts.isIdentifier(call.expression) ? call.expression : undefined;
  const meaning = name && machine.deps.program.meaning(name);
  if (meaning?.kind !== 'declared' || !ts.isVariableDeclaration(meaning.node)) return undefined;
  const { initializer } = meaning.node;
  if (!initializer || !ts.isArrowFunction(initializer)) return undefined;
  const { body } = initializer;
  const isInject = ts.isCallExpression(body) && body.expression.getText() === 'Inject';
  return isInject ? body.arguments[0] : undefined;
}

/** `Inject(settings.KEY)`: what the settings that `registerAs` names say. */
function settingsAt(machine: Machine, token: ts.Expression | undefined): Value | undefined {
  if (!token || !ts.isPropertyAccessExpression(token) || token.name.text !== 'KEY')
    return undefined;
  const factory = apart(machine, () =>
    machine.evaluate(token.expression, fileScope(token.getSourceFile().fileName)),
  );
  if (factory.kind !== 'closure') return undefined;
  return once(machine, token.expression, () =>
    apart(machine, () => machine.settle(machine.call(factory, [], token), token)),
  );
}

function typeToken(machine: Machine, type: ts.TypeNode | undefined): ts.Node | undefined {
  if (!type || !ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return undefined;
  const meaning = machine.deps.program.meaning(type.typeName);
  return meaning?.kind === 'declared' ? meaning.node : undefined;
}

/** A value read from decorators, as the trace has it. */
export function traced(machine: Machine, value: Static): Value {
  switch (value.kind) {
    case 'literal':
      return value.value === undefined ? UNDEFINED : literal(value.value);
    case 'list':
      return arrayOfAll(value.items.map((each) => traced(machine, each)));
    case 'object':
      if (value.of) break;
      return object([...value.entries].map(([name, each]) => [name, traced(machine, each)]));
    default:
  }
  const written = registered(value);
  return written ? machine.standing(written) : unknown('value');
}
