import { ts } from '../../kernel/syntax.ts';
import { itemsOf } from './collection.ts';
import { propertyOf } from './property.ts';
import type { Frame, Machine, Value } from './value.ts';
import { either, list, literal, object, UNKNOWN } from './value.ts';

type Values = Map<ts.Node, Value>;

/** What a declaration holds: as bound, else worked out from what it is initialised with. */
export function held(
  machine: Machine,
  globals: Values,
  { declaration, frame }: { declaration: ts.Node; frame: Frame | null },
): Value {
  for (let at = frame; at; at = at.parent) {
    const value = at.values.get(declaration);
    if (value) return value;
  }
  const known = globals.get(declaration);
  if (known) return known;
  if (isLocal(declaration)) return declared(machine, declaration, frame);
  globals.set(declaration, UNKNOWN);
  const value = declared(machine, declaration, null);
  if (globals.get(declaration) === UNKNOWN) globals.set(declaration, value);
  return globals.get(declaration) ?? value;
}

export function assign(
  globals: Values,
  declaration: ts.Node,
  { value, frame }: { value: Value; frame: Frame | null },
): void {
  for (let at = frame; at; at = at.parent) {
    if (at.values.has(declaration)) {
      at.values.set(declaration, value);
      return;
    }
  }
  if (frame && isLocal(declaration)) frame.values.set(declaration, value);
  else globals.set(declaration, value);
}

/** Gives the names of a pattern their value in this very frame (a parameter, a loop variable). */
export function declareIn(
  machine: Machine,
  target: ts.BindingName,
  { value, frame }: { value: Value; frame: Frame },
): void {
  reserve(target, frame);
  bind(machine, target, { value, frame });
}

/** Takes a value apart into the names of a pattern. */
export function bind(
  machine: Machine,
  target: ts.BindingName,
  { value, frame }: { value: Value; frame: Frame | null },
): void {
  if (ts.isIdentifier(target)) {
    machine.assign(target.parent, value, frame);
    return;
  }
  target.elements.forEach((element, index) => {
    if (!ts.isBindingElement(element)) return;
    const part = partOf(machine, value, { element, index, frame });
    const { initializer } = element;
    const bound = initializer ? orElse(part, () => machine.evaluate(initializer, frame)) : part;
    bind(machine, element.name, { value: bound, frame });
  });
}

/** A part or its default; both where nobody knows whether there is one, and the default is plain. */
function orElse(part: Value, otherwise: () => Value): Value {
  const sides = part.kind === 'either' ? part.of : [part];
  const there = sides.filter((side) => side.kind !== 'literal' || side.value !== undefined);
  if (there.length === 0) return otherwise();
  if (there.length < sides.length) return either([...there, otherwise()]);
  if (!there.some(({ kind }) => kind === 'unknown')) return part;
  const value = otherwise();
  return value.kind === 'literal' ? either([...there, value]) : part;
}

function partOf(
  machine: Machine,
  value: Value,
  { element, index, frame }: { element: ts.BindingElement; index: number; frame: Frame | null },
): Value {
  if (ts.isArrayBindingPattern(element.parent)) {
    const taken = itemsOf(value);
    if (!taken) return UNKNOWN;
    if (element.dotDotDotToken) return list(taken.items.slice(index));
    return taken.items[index] ?? (taken.open.value ? UNKNOWN : literal(undefined));
  }
  if (element.dotDotDotToken) return restOf(value, element.parent);
  const key = element.propertyName ?? element.name;
  if (ts.isIdentifier(key) || ts.isStringLiteral(key)) return propertyOf(machine, value, key.text);
  if (!ts.isComputedPropertyName(key)) return UNKNOWN;
  const name = machine.evaluate(key.expression, frame);
  return name.kind === 'literal' ? propertyOf(machine, value, String(name.value)) : UNKNOWN;
}

function restOf(value: Value, pattern: ts.BindingPattern): Value {
  if (value.kind !== 'object') return UNKNOWN;
  const taken = new Set(
    pattern.elements.map((element) => {
      const key = ts.isBindingElement(element) ? (element.propertyName ?? element.name) : undefined;
      return key && ts.isIdentifier(key) ? key.text : '';
    }),
  );
  return object([...value.entries].filter(([name]) => !taken.has(name)));
}

function declared(machine: Machine, node: ts.Node, frame: Frame | null): Value {
  if (ts.isVariableDeclaration(node)) {
    if (node.initializer) return machine.evaluate(node.initializer, frame);
    return UNKNOWN;
  }
  if (ts.isBindingElement(node)) return unpacked(machine, node, frame);
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) {
    return { kind: 'function', node, frame, self: null, origin: null };
  }
  if (ts.isClassLike(node)) return { kind: 'class', node, frame, origin: null };
  if (ts.isEnumDeclaration(node)) return enumOf(machine, node);
  if (ts.isExpression(node)) return machine.evaluate(node, frame);
  return UNKNOWN;
}

/** `const { a, b } = make()`: the initialiser is worked out once for all its names. */
function unpacked(machine: Machine, element: ts.BindingElement, frame: Frame | null): Value {
  let root: ts.Node = element;
  while (ts.isBindingElement(root)) root = root.parent.parent;
  if (!ts.isVariableDeclaration(root) || !root.initializer) return UNKNOWN;
  const scratch: Frame = { values: new Map(), parent: frame, self: frame?.self ?? null };
  const value = machine.evaluate(root.initializer, frame);
  declareIn(machine, root.name, { value, frame: scratch });
  for (const [node, part] of scratch.values) machine.assign(node, part, frame);
  return scratch.values.get(element) ?? UNKNOWN;
}

function reserve(pattern: ts.BindingName, frame: Frame): void {
  if (ts.isIdentifier(pattern)) {
    frame.values.set(pattern.parent, UNKNOWN);
    return;
  }
  for (const element of pattern.elements) {
    if (ts.isBindingElement(element)) reserve(element.name, frame);
  }
}

function enumOf(machine: Machine, node: ts.EnumDeclaration): Value {
  let next = 0;
  const entries: [string, Value][] = [];
  for (const member of node.members) {
    const name =
      ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : '';
    const value = member.initializer ? machine.evaluate(member.initializer, null) : literal(next);
    if (value.kind === 'literal' && typeof value.value === 'number') next = value.value + 1;
    entries.push([name, value]);
  }
  return object(entries);
}

/** Whether a declaration stands in a function or loop: its value differs from one time to the next. */
export function isLocal(declaration: ts.Node): boolean {
  for (let at = declaration.parent; at; at = at.parent) {
    if (ts.isFunctionLike(at) || ts.isClassStaticBlockDeclaration(at)) return true;
    if (ts.isIterationStatement(at, false)) return true;
  }
  return false;
}
