import { ts } from '../../kernel/syntax.ts';
import { callClosure } from './closures.ts';
import { scopeWithin } from './environment.ts';
import type { LaterField } from './field-assignments.ts';
import { all, type Formula, some, TRUE } from './formula.ts';
import type { Machine } from './machine.ts';
import { memberFor } from './members.ts';
import { side } from './path.ts';
import { sameValue } from './same-value.ts';
import { choose } from './terms.ts';
import { type InstanceValue, type Scope, type Special, UNDEFINED, type Value } from './values.ts';

/** Code that fills a field, and where its names stand for something. */
export interface Filling extends LaterField {
  readonly scope: Scope;
}

const LONGEST = 5_000;

/** Whether what is put there is made of variables of the function itself. */
export function usesOwnNames({ value, within }: LaterField): boolean {
  const own = new Set<string>();
  const declare = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node)) for (const name of namesIn(node.name)) own.add(name);
    ts.forEachChild(node, declare);
  };
  declare(within);
  const uses = (node: ts.Node): boolean => {
    if (ts.isPropertyAccessExpression(node)) return uses(node.expression);
    return ts.isIdentifier(node) ? own.has(node.text) : (ts.forEachChild(node, uses) ?? false);
  };
  return uses(value);
}

function namesIn(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((each) => (ts.isBindingElement(each) ? namesIn(each.name) : []));
}

interface Noted {
  readonly when: Formula;
  readonly value: Value;
}

/**
 * What a method that is given nothing leaves in a field, in each of its ways; undefined where that is too much to
 * follow, or asks the database.
 */
export function leftByFunction(
  machine: Machine,
  { within, scope }: Filling,
  { owner, name }: { owner: InstanceValue; name: string },
): Value | undefined {
  const isShort = within.getWidth() < LONGEST && within.parameters.length === 0;
  if (!isShort || !isCode(within)) return undefined;
  const noted: Noted[] = [];
  const self = watching(machine, owner, { name, noted });
  const { reads, writes, tokens } = machine;
  const before = [reads, writes, tokens].map(({ length }) => length);
  const code: Value = { kind: 'closure', node: within, scope: scopeWithin(scope, { self }) };
  side(machine, TRUE, () => callClosure(machine, code, { args: [], node: within, self }));
  const asked = [reads, writes].some(({ length }, at) => length > (before[at] ?? 0));
  [reads, writes, tokens].forEach((list, at) => void list.splice(before[at] ?? 0));
  if (asked) return undefined;
  const first = owner.fields.value.get(name) ?? UNDEFINED;
  return together(noted).reduce<Value>(
    (value, each) => choose(each.when, each.value, value),
    first,
  );
}

/** Ways that follow on each other and leave the same are one. */
function together(noted: readonly Noted[]): Noted[] {
  const ways: Noted[] = [];
  for (const each of noted) {
    const last = ways.at(-1);
    if (!last || !sameValue(last.value, each.value)) ways.push(each);
    else ways.splice(-1, 1, { when: some([last.when, each.when]), value: each.value });
  }
  return ways;
}

function isCode(node: ts.SignatureDeclaration): node is ts.MethodDeclaration | ts.ArrowFunction {
  return ts.isMethodDeclaration(node) || ts.isArrowFunction(node);
}

/** `this` as the method knows it: what it puts into the field is noted, with what it knew when it did. */
function watching(
  machine: Machine,
  owner: InstanceValue,
  { name, noted }: { name: string; noted: Noted[] },
): Special {
  const get = (asked: string, node: ts.Node): Value => {
    const own = owner.fields.value.has(asked) || !owner.of;
    const member = !own && owner.of && memberFor(machine, owner.of, { name: asked, self });
    return member || machine.get(owner, asked, node);
  };
  const self: Special = {
    kind: 'special',
    name: 'this',
    get,
    invoke: (method, args, node) => machine.call(get(method, node), args, node),
    set: (asked, value) => {
      if (asked === name) noted.push({ when: all(machine.path.facts), value });
    },
  };
  return self;
}
