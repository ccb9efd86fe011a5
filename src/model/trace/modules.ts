import { ts } from '../../kernel/syntax.ts';
import type { Meaning } from '../../repo/repo.ts';
import type { Registered } from '../reader.ts';
import { apart } from './apart.ts';
import { noteMade } from './as-made.ts';
import { assignedLater, isNothing } from './assigned-later.ts';
import { arrayOf } from './composites.ts';
import { bind, bindParameters, cellOf, fileScope, orElse } from './environment.ts';
import { typedValue } from './injected.ts';
import { atomsOf } from './input-facts.ts';
import { libraryConstant } from './libraries.ts';
import type { Machine } from './machine.ts';
import { oneOf } from './one-of.ts';
import { isTopLevel, remembered } from './remembered.ts';
import { textOf } from './source.ts';
import { endsOf, object } from './terms.ts';
import { leftAtTop } from './top-level.ts';
import { literal, literalOf, type Scope, UNDEFINED, unknown, type Value } from './values.ts';

/** What a name outside all running functions stands for; undefined for globals. */
export function declared(
  machine: Machine,
  identifier: ts.Identifier,
  scope: Scope,
): Value | undefined {
  const meaning = machine.deps.program.meaning(identifier);
  return meaning && meant(machine, meaning, scope.bound);
}

/** The value of a module's export; undefined where there is none. */
export function exported(machine: Machine, file: string, name: string): Value | undefined {
  const meaning = machine.deps.program.exported(file, name);
  return meaning && meant(machine, meaning, undefined);
}

/** All that a module exports, as an object. */
export function exportsOf(machine: Machine, { file }: Value & { kind: 'module' }): Value {
  const names = machine.deps.program.exportNames(file);
  return object(
    names.map((name) => [name, exported(machine, file, name) ?? unknown(name)] as const),
  );
}

/** An expression evaluated where it stands, before any request. */
export function standing(machine: Machine, registered: Registered): Value {
  const { file, expression, bound, self } = registered;
  machine.deps.program.source(file);
  const known = bound && remembered(machine, bound);
  const before = known?.get(expression);
  if (before) return before;
  const value = apart(machine, () => {
    const scope = fileScope(file, bound);
    const owner = self && instanceOf(machine, self);
    return machine.evaluate(expression, owner ? { ...scope, self: owner } : scope);
  });
  known?.set(expression, value);
  return value;
}

/** An object made when the app starts is one and the same for all that is registered with it. */
function instanceOf(machine: Machine, made: Registered): Value {
  const before = machine.modules.get(made.expression);
  if (before) return before;
  machine.modules.set(made.expression, unknown(textOf(made.expression, 40)));
  const value = standing(machine, made);
  machine.modules.set(made.expression, value);
  return value;
}

function meant(machine: Machine, meaning: Meaning, bound: Scope['bound']): Value {
  if (meaning.kind === 'package') return libraryConstant(machine, meaning) ?? meaning;
  if (meaning.kind !== 'declared') return meaning;
  const local = bound && !isTopLevel(meaning.node) ? bound : undefined;
  // Inside a factory a name may stand for another thing at each registration.
  const known = remembered(machine, local);
  const before = known.get(meaning.node);
  if (before) return before;
  known.set(meaning.node, unknown(textOf(meaning.node, 40)));
  const given = local?.(meaning.node);
  const value = given
    ? standing(machine, given)
    : eitherUnknown(
        apart(machine, () => declaration(machine, meaning, local)),
        meaning.node,
      );
  known.set(meaning.node, value);
  return value;
}

/** What is not known, or nothing where who knows what was so as the app started, is not known. */
function eitherUnknown(value: Value, node: ts.Node): Value {
  if (value.kind !== 'choice' || !atomsOf(value.when).some(({ kind }) => kind === 'opaque'))
    return value;
  const ends = endsOf(value);
  const isOpen = ends.every(
    (each) => each.kind === 'unknown' || each.kind === 'undefined' || literalOf(each) === null,
  );
  return isOpen && ends.some(({ kind }) => kind === 'unknown') ? unknown(textOf(node, 40)) : value;
}

function declaration(
  machine: Machine,
  { file, node }: { file: string; node: ts.Node },
  bound: Scope['bound'],
): Value {
  const scope = fileScope(file, bound);
  const table = ts.isClassLike(node) ? undefined : machine.deps.schema.tableAt(node);
  if (table) return { kind: 'table', table, source: table.id };
  const labels = machine.deps.schema.enumAt(node);
  if (labels) return enumValue(labels);
  if (ts.isFunctionDeclaration(node)) return { kind: 'closure', node, scope };
  if (ts.isClassLike(node)) return { kind: 'class', node, scope };
  if (ts.isEnumDeclaration(node)) return enumMembers(machine, node, scope);
  if (ts.isVariableDeclaration(node)) return initialValue(machine, node, scope);
  if (ts.isBindingElement(node)) return boundPart(machine, node, scope);
  if (ts.isParameter(node)) return parameterValue(machine, node, scope);
  if (ts.isExpression(node)) return machine.evaluate(node, scope);
  return unknown(textOf(node, 40));
}

function initialValue(machine: Machine, node: ts.VariableDeclaration, scope: Scope): Value {
  const { initializer } = node;
  const left = leftAtTop(machine, node, scope);
  if (left) return left;
  if (!initializer || isNothing(initializer)) return laterValue(machine, node, scope);
  const value = machine.evaluate(initializer, scope);
  if (value.kind === 'object' && ts.isIdentifier(node.name))
    noteMade(machine, value.fields, node.name);
  const constant =
    ts.isVariableDeclarationList(node.parent) && node.parent.flags & ts.NodeFlags.Const;
  if (!constant && isTurned(node, literalOf(value))) return unknown(textOf(node.name));
  return constant || value.kind !== 'undefined' ? value : unknown(textOf(node.name));
}

/** `let ready = false;` that functions set to true: what a request finds hangs on what ran before it. */
function isTurned({ name }: ts.VariableDeclaration, from: unknown): boolean {
  if (typeof from !== 'boolean' || !ts.isIdentifier(name)) return false;
  const other = from ? ts.SyntaxKind.FalseKeyword : ts.SyntaxKind.TrueKeyword;
  return assignedLater(name).some(({ value }) => value.kind === other);
}

/** `let service;` and what a function that boots the app, or the first who asks, puts there. */
function laterValue(machine: Machine, node: ts.VariableDeclaration, scope: Scope): Value {
  if (ts.isCatchClause(node.parent) || !ts.isIdentifier(node.name)) return unknown(textOf(node));
  const later = assignedLater(node.name);
  const kept = later.filter(({ lazily }) => lazily);
  const [only, ...others] = kept.length > 0 ? kept : later;
  if (!only) return node.initializer ? machine.evaluate(node.initializer, scope) : UNDEFINED;
  const first = machine.evaluate(only.value, scope);
  if (others.length === 0) return first;
  const all = [first, ...others.map(({ value }) => machine.evaluate(value, scope))];
  return oneOf(all, textOf(node.name)) ?? unknown(textOf(node.name));
}

function boundPart(machine: Machine, node: ts.BindingElement, scope: Scope): Value {
  let root: ts.Node = node;
  while (ts.isBindingElement(root) || ts.isBindingName(root)) root = root.parent;
  if (ts.isVariableDeclaration(root) && root.initializer) {
    bind(machine, { name: root.name, scope }, machine.evaluate(root.initializer, scope));
  } else if (ts.isParameter(root)) {
    bind(machine, { name: root.name, scope }, parameterValue(machine, root, scope));
  }
  const name = ts.isIdentifier(node.name) ? node.name.text : '';
  return cellOf(scope, name)?.value ?? unknown(textOf(node));
}

/** A parameter of code around a route's registration: `function routes(app, service) { app.get(…) }`. */
function parameterValue(machine: Machine, node: ts.ParameterDeclaration, scope: Scope): Value {
  const given = argumentsFor(machine, node) ?? resolvedFor(machine, node);
  if (given) return given;
  const { initializer } = node;
  if (initializer) return orElse(machine, { part: UNDEFINED, initializer, scope });
  return typedValue(machine, node.type) ?? unknown(textOf(node.name));
}

/** The argument at the one call of the function that has the parameter, where there is just one. */
function argumentsFor(machine: Machine, node: ts.ParameterDeclaration): Value | undefined {
  const owner = node.parent;
  const call = onlyCall(machine, owner);
  if (!call || !ts.isIdentifier(node.name)) return undefined;
  const scope = fileScope(call.getSourceFile().fileName);
  const args = call.arguments.map((arg) =>
    ts.isSpreadElement(arg) ? unknown(textOf(arg)) : machine.evaluate(arg, scope),
  );
  const inner = fileScope(scope.file);
  bindParameters(machine, { node: owner, scope: inner }, args);
  const found = cellOf(inner, node.name.text)?.value;
  return found?.kind === 'undefined' ? undefined : found;
}

/** What the promise gives that the code around a registration waits for: `connect().then((db) => app.get(…))`. */
function resolvedFor(machine: Machine, node: ts.ParameterDeclaration): Value | undefined {
  const work = node.parent;
  const call = work.parent;
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression))
    return undefined;
  const { expression: promise, name } = call.expression;
  if (name.text !== 'then' || call.arguments[0] !== work || work.parameters[0] !== node)
    return undefined;
  const scope = fileScope(call.getSourceFile().fileName);
  const value = machine.settle(machine.evaluate(promise, scope), promise);
  return value.kind === 'unknown' ? undefined : value;
}

function onlyCall(machine: Machine, owner: ts.SignatureDeclaration): ts.CallExpression | undefined {
  const name = ownName(owner);
  if (!name) return undefined;
  const called = new RegExp(`${name.replaceAll('$', '\\$')}\\(`);
  const calls: ts.CallExpression[] = [];
  for (const { path } of machine.deps.program.repo.files) {
    if (!/\.[mc]?[jt]sx?$/.test(path) || /\.(test|spec)\.|(^|\/)(tests?|__tests__)\//.test(path))
      continue;
    if (!machine.deps.program.matches(path, called)) continue;
    const source = machine.deps.program.source(path);
    if (source) collectCalls(source, { name, machine, owner }, calls);
    if (calls.length > 1) return undefined;
  }
  return calls[0];
}

function collectCalls(
  node: ts.Node,
  about: { name: string; machine: Machine; owner: ts.SignatureDeclaration },
  calls: ts.CallExpression[],
): void {
  if (
    ts.isCallExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === about.name
  ) {
    const meaning = about.machine.deps.program.meaning(node.expression);
    const target = meaning?.kind === 'declared' ? meaning.node : undefined;
    if (target === about.owner || target === about.owner.parent) calls.push(node);
  }
  ts.forEachChild(node, (child) => collectCalls(child, about, calls));
}

function ownName(owner: ts.SignatureDeclaration): string | undefined {
  if (ts.isFunctionDeclaration(owner)) return owner.name?.text;
  const { parent } = owner;
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)
    ? parent.name.text
    : undefined;
}

/** An enum as an object: its numbers name their members too, before the members themselves. */
function enumMembers(machine: Machine, node: ts.EnumDeclaration, scope: Scope): Value {
  let next = 0;
  const numbers = new Map<number, Value>();
  const members = node.members.map((member) => {
    const value = member.initializer ? machine.evaluate(member.initializer, scope) : literal(next);
    const said = literalOf(value);
    const name = member.name.getText().replace(/^['"]|['"]$/g, '');
    if (typeof said === 'number') numbers.set(said, literal(name));
    next = typeof said === 'number' ? said + 1 : next + 1;
    return [name, value] as const;
  });
  const reversed = [...numbers]
    .sort(([a], [b]) => a - b)
    .map(([key, name]) => [`${key}`, name] as const);
  return object([...reversed, ...members]);
}

function enumValue(labels: readonly string[]): Value {
  const items = labels.map((label) => ({ value: literal(label), when: null }));
  return object([['enumValues', arrayOf(items)]]);
}
