import { parametersOf, ts } from '../../kernel/syntax.ts';
import { partOfArray } from './array-parts.ts';
import { assignRow } from './assigned.ts';
import { arrayOf, spreadFields } from './composites.ts';
import { globalOf, isGlobal, symbolName } from './global-object.ts';
import type { Machine } from './machine.ts';
import { branchValue, set } from './path.ts';
import { loseRest } from './rests.ts';
import { object, variable } from './terms.ts';
import { type Cell, type Scope, UNDEFINED, unknown, type Value } from './values.ts';

export function scopeWithin(parent: Scope, own?: Partial<Pick<Scope, 'self' | 'home'>>): Scope {
  return {
    names: new Map(),
    parent,
    self: own?.self ?? parent.self,
    home: own?.home ?? parent.home,
    file: parent.file,
    ...(parent.bound ? { bound: parent.bound } : {}),
  };
}

export function fileScope(file: string, bound?: Scope['bound']): Scope {
  return {
    names: new Map(),
    parent: null,
    self: null,
    home: null,
    file,
    ...(bound ? { bound } : {}),
  };
}

export function cellOf(scope: Scope, name: string): Cell<Value> | undefined {
  for (let at: Scope | null = scope; at; at = at.parent) {
    const cell = at.names.get(name);
    if (cell) return cell;
  }
  return undefined;
}

export function define(scope: Scope, name: string, value: Value): void {
  scope.names.set(name, variable(value));
}

/** Binds a name or destructuring pattern to a value. */
export function bind(
  machine: Machine,
  { name, scope }: { name: ts.BindingName; scope: Scope },
  value: Value,
): void {
  if (ts.isIdentifier(name)) define(scope, name.text, value);
  else if (ts.isObjectBindingPattern(name)) bindObject(machine, { name, scope }, value);
  else bindArray(machine, { name, scope }, value);
}

function bindObject(
  machine: Machine,
  { name, scope }: { name: ts.ObjectBindingPattern; scope: Scope },
  value: Value,
): void {
  const taken: string[] = [];
  machine.takeApart(value, name);
  for (const element of name.elements) {
    if (element.dotDotDotToken) {
      bind(machine, { name: element.name, scope }, without(value, taken));
      continue;
    }
    const key = element.propertyName ?? element.name;
    const property = propertyName(machine, key, scope);
    taken.push(property);
    const part = machine.get(value, property, element);
    bind(machine, { name: element.name, scope }, withDefault(machine, { part, element, scope }));
  }
}

function bindArray(
  machine: Machine,
  { name, scope }: { name: ts.ArrayBindingPattern; scope: Scope },
  value: Value,
): void {
  name.elements.forEach((element, index) => {
    if (ts.isOmittedExpression(element)) return;
    if (element.dotDotDotToken) {
      bind(machine, { name: element.name, scope }, restOf(value, index));
      return;
    }
    const part = machine.get(value, String(index), element);
    bind(machine, { name: element.name, scope }, withDefault(machine, { part, element, scope }));
  });
}

function withDefault(
  machine: Machine,
  { part, element, scope }: { part: Value; element: ts.BindingElement; scope: Scope },
): Value {
  const { initializer } = element;
  return initializer ? orElse(machine, { part, initializer, scope }) : part;
}

/** `part` unless it is undefined, then what the default evaluates to. */
export function orElse(
  machine: Machine,
  { part, initializer, scope }: { part: Value; initializer: ts.Expression; scope: Scope },
): Value {
  if (part.kind === 'undefined') return machine.evaluate(initializer, scope);
  if (part.kind === 'choice') {
    return branchValue(machine, part.when, {
      yes: () => orElse(machine, { part: part.yes, initializer, scope }),
      no: () => orElse(machine, { part: part.no, initializer, scope }),
    });
  }
  return part;
}

export function propertyName(machine: Machine, name: ts.Node, scope: Scope): string {
  if (ts.isComputedPropertyName(name)) {
    const value = machine.evaluate(name.expression, scope);
    return value.kind === 'term' && value.term.kind === 'literal' ? String(value.term.value) : '';
  }
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name))
    return name.text;
  return ts.isPrivateIdentifier(name) ? name.text : name.getText();
}

function without(value: Value, taken: readonly string[]): Value {
  if (value.kind !== 'object' && value.kind !== 'term') return value;
  const { fields, open } = spreadFields(value);
  if (fields.size === 0) return value;
  return object(
    [...fields].filter(([name]) => !taken.includes(name)),
    open,
  );
}

function restOf(value: Value, from: number): Value {
  if (value.kind !== 'array') return value.kind === 'list' ? value : unknown('rest');
  return partOfArray(value, from);
}

/** `target = value` for a name, a property or a pattern. */
export function assign(
  machine: Machine,
  { target, scope }: { target: ts.Expression; scope: Scope },
  value: Value,
): void {
  if (ts.isIdentifier(target)) {
    const cell = cellOf(scope, target.text);
    const owner = cell ? undefined : globalOf(machine, target);
    if (cell) set(machine, cell, value);
    else if (owner) assignField(machine, { owner, name: target.text }, value);
  } else if (ts.isPropertyAccessExpression(target)) {
    assignField(
      machine,
      { owner: machine.evaluate(target.expression, scope), name: target.name.text },
      value,
    );
  } else if (ts.isElementAccessExpression(target)) {
    const owner = machine.evaluate(target.expression, scope);
    const key = machine.evaluate(target.argumentExpression, scope);
    const known =
      key.kind === 'term' && key.term.kind === 'literal' ? String(key.term.value) : undefined;
    const isKept = owner.kind === 'special' && isGlobal(owner.name);
    const name = known ?? (isKept ? symbolName(target.argumentExpression) : undefined);
    if (name !== undefined) assignField(machine, { owner, name }, value);
    else openUp(machine, owner);
  } else if (
    ts.isParenthesizedExpression(target) ||
    ts.isAsExpression(target) ||
    ts.isNonNullExpression(target)
  ) {
    assign(machine, { target: target.expression, scope }, value);
  } else if (ts.isObjectLiteralExpression(target)) {
    for (const property of target.properties) {
      if (ts.isShorthandPropertyAssignment(property)) {
        const part = machine.get(value, property.name.text, property);
        assign(machine, { target: property.name, scope }, part);
      } else if (ts.isPropertyAssignment(property)) {
        const part = machine.get(value, propertyName(machine, property.name, scope), property);
        assign(machine, { target: property.initializer, scope }, part);
      }
    }
  } else if (ts.isArrayLiteralExpression(target)) {
    target.elements.forEach((element, index) => {
      assign(machine, { target: element, scope }, machine.get(value, String(index), element));
    });
  }
}

export function assignField(
  machine: Machine,
  { owner, name }: { owner: Value; name: string },
  value: Value,
): void {
  const setter = owner.kind === 'instance' ? machine.setterOf(owner, name) : undefined;
  if (setter) machine.call(setter, [value], setter.node);
  else if (owner.kind === 'object' || owner.kind === 'instance') {
    set(machine, owner.fields, new Map([...owner.fields.value, [name, value]]));
  } else if (owner.kind === 'row') {
    assignRow(machine, owner, [name, value]);
  } else if (owner.kind === 'special') {
    owner.set?.(name, value);
  } else if (owner.kind === 'choice') {
    assignField(machine, { owner: owner.yes, name }, value);
    assignField(machine, { owner: owner.no, name }, value);
  }
}

/** What is put under a key that is not known may be any of an object's fields beside those known. */
function openUp(machine: Machine, owner: Value): void {
  if (owner.kind === 'object') {
    set(machine, owner.open, true);
    loseRest(owner);
  }
  if (owner.kind !== 'choice') return;
  openUp(machine, owner.yes);
  openUp(machine, owner.no);
}

/** A call's arguments bound to a function's parameters. */
export function bindParameters(
  machine: Machine,
  { node, scope }: { node: ts.SignatureDeclaration; scope: Scope },
  args: readonly Value[],
): void {
  parametersOf(node).forEach((parameter, index) => {
    if (parameter.dotDotDotToken) {
      const items = args.slice(index).map((value) => ({ value, when: null }));
      const rest = arrayOf(items);
      bind(machine, { name: parameter.name, scope }, rest);
      return;
    }
    const part = args[index] ?? UNDEFINED;
    const { initializer } = parameter;
    const value = initializer ? orElse(machine, { part, initializer, scope }) : part;
    bind(machine, { name: parameter.name, scope }, value);
  });
}
