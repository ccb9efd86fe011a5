import { apart } from './apart.ts';
import { type AsMade, madeAs } from './as-made.ts';
import { parentOf } from './classes.ts';
import { fileScope, scopeWithin } from './environment.ts';
import { environmentAround } from './environment-around.ts';
import { ANY_FIELD, assignedByClass, assignedByName } from './field-assignments.ts';
import { type Filling, leftByFunction, usesOwnNames } from './left-by-function.ts';
import type { Machine } from './machine.ts';
import { oneOf } from './one-of.ts';
import { choose } from './terms.ts';
import { type ClassValue, literalOf, UNDEFINED, unknown, type Value } from './values.ts';

type Owner = Value & { readonly kind: 'instance' | 'object' };

/**
 * What is in a field, when requests come, of an object that was made as the app started and without it: what the app's
 * code puts there (`async init() { this.client = … }`). Undefined where it is what it was made with, or what the request
 * itself has put there.
 */
export function filledLater(machine: Machine, owner: Value, name: string): Value | undefined {
  if (owner.kind !== 'instance' && owner.kind !== 'object') return undefined;
  const made = madeAs(owner.fields);
  const first = made?.fields.get(name);
  if (!made || owner.fields.value.get(name) !== first || !mayChange(first)) return undefined;
  if (!made.since.has(name)) {
    const fillings = fillingsOf(machine, { owner, made }, name);
    const isFilled = fillings.length > 0 || isOfAny(made);
    made.since.set(name, isFilled ? unknown(name) : undefined);
    if (fillings.length > 0)
      made.since.set(
        name,
        apart(machine, () => filled(machine, { owner, name, first }, fillings)),
      );
  }
  return made.since.get(name);
}

/** Whether the code fills it under names that are not written out. */
function isOfAny({ name }: AsMade): boolean {
  return name !== null && assignedByName(name).has(ANY_FIELD);
}

/** Nothing, or one of the values that flags and settings have. */
function mayChange(first: Value | undefined): boolean {
  return !first || first.kind === 'undefined' || literalOf(first) !== undefined;
}

function fillingsOf(
  machine: Machine,
  { owner, made }: { owner: Owner; made: AsMade },
  name: string,
): Filling[] {
  if (made.name) {
    const scope = fileScope(made.name.getSourceFile().fileName);
    return (assignedByName(made.name).get(name) ?? []).map((each) => ({ ...each, scope }));
  }
  let at: Value | undefined = owner.kind === 'instance' ? (owner.of ?? undefined) : undefined;
  for (let depth = 0; at?.kind === 'class' && depth < 12; depth += 1) {
    const home: ClassValue = at;
    const { instances, emptied } = assignedByClass(home.node);
    if (emptied.has(name)) return [];
    const found = instances.get(name) ?? [];
    if (found.length > 0) {
      const scope = scopeWithin(home.scope, { self: owner, home });
      return found.map((each) => ({ ...each, scope }));
    }
    at = parentOf(machine, home);
  }
  return [];
}

interface Field {
  readonly owner: Owner;
  readonly name: string;
  readonly first: Value | undefined;
}

function filled(machine: Machine, field: Field, fillings: readonly Filling[]): Value {
  const { name, first } = field;
  const kept = fillings.filter(({ lazily }) => lazily);
  const [only, ...others] = kept.length === 1 ? kept : fillings;
  const isEmpty = !first || first.kind === 'undefined' || literalOf(first) === null;
  if (!only) return unknown(name);
  const alone = others.length === 0 && (isEmpty || only.lazily);
  if (alone && !usesOwnNames(only)) {
    const value = settled(name, machine.evaluate(only.value, only.scope));
    return only.lazily
      ? value
      : choose(environmentAround(machine, only), value, first ?? UNDEFINED);
  }
  const { owner } = field;
  if (owner.kind === 'instance' && others.every(({ within }) => within === only.within)) {
    const left = leftByFunction(machine, only, { owner, name });
    if (left) return settled(name, left);
  }
  if (!isEmpty) return unknown(name);
  const all = fillings.map(({ value, scope }) => machine.evaluate(value, scope));
  return oneOf(all, name) ?? unknown(name);
}

/** Who sets a flag outright, and whether they do so before requests come, is not told. */
function settled(name: string, value: Value): Value {
  return literalOf(value) !== undefined || value.kind === 'undefined' ? unknown(name) : value;
}
