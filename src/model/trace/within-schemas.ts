import type { Condition, InputPart, Op, Term } from '../../condition/condition.ts';
import { boundsFor } from './bounds.ts';
import { all, FALSE, type Formula, factsOf, some } from './formula.ts';
import { type Machine, tableOfRow } from './machine.ts';
import { isDeclaredAnew } from './part-schemas.ts';
import { type Claim, isPossible } from './possible-value.ts';
import { partAt } from './schema-parts.ts';
import { isOfAnyElement } from './traversals.ts';

/** A claim, and of which part of the request or column it is one. */
interface Said extends Claim {
  readonly of: string;
  readonly term: Term & { readonly kind: 'input' | 'column' };
}

/**
 * Without the ways that what was validated excludes: a value that satisfies its schema is one of those that the schema
 * takes, and where a union's members are told apart by a tag it is the member with that tag.
 */
export function withinSchemas(machine: Machine, when: Formula): Formula {
  // A page's own requests are asked by other schemas than the request for it.
  return machine.endpoint.kind === 'page' ? when : pruned(machine, when, []);
}

function pruned(machine: Machine, when: Formula, around: readonly Condition[]): Formula {
  const facts = factsOf(when);
  const known = [
    ...around,
    ...facts.flatMap((each) => (each.kind === 'atom' ? [each.condition] : [])),
  ];
  if (known.length > around.length && !areTogether(machine, known)) return FALSE;
  const left = facts.map((each) => (each.kind === 'some' ? cut(machine, each, known) : each));
  return left.every((each, at) => each === facts[at]) ? when : all(left);
}

function cut(
  machine: Machine,
  formula: Formula & { kind: 'all' | 'some' },
  known: readonly Condition[],
): Formula {
  const left = formula.of.map((each) => pruned(machine, each, known));
  return left.every((each, at) => each === formula.of[at]) ? formula : some(left);
}

function areTogether(machine: Machine, conditions: readonly Condition[]): boolean {
  const groups = Map.groupBy(conditions.flatMap(said), ({ of }) => of);
  return [...groups.values()].every((claims) => {
    const [first] = claims;
    if (!first) return true;
    const { term } = first;
    if (term.kind === 'column') return isLabelled(machine, term, claims);
    const { from } = term;
    const whole = machine.inputs.get(from);
    const sure = claims.filter(({ path }) => !isDeclaredAnew(machine, { from, path }));
    return (
      !whole ||
      validated(conditions, from).every((path) => {
        const schema = partAt(whole, path);
        const inside = sure.filter((each) => path.every((name, at) => each.path[at] === name));
        return (
          !schema ||
          together(machine, from, inside).every((some) => isPossible(schema, below(some, path)))
        );
      })
    );
  });
}

/** The claims that must all be true of one value: of an element that may be another one for each, one after the other. */
function together(machine: Machine, from: InputPart, claims: readonly Claim[]): Claim[][] {
  const { of = [], any = [] } = Object.groupBy(claims, ({ path }) =>
    isOfAnyElement(machine, from, path) ? 'any' : 'of',
  );
  return [of, ...any.map((each) => [...of, each])];
}

function below(claims: readonly Claim[], path: readonly string[]): Claim[] {
  return claims.map((each) => ({ ...each, path: each.path.slice(path.length) }));
}

/** The parts of the request that were found to satisfy their schema. */
function validated(conditions: readonly Condition[], from: string): (readonly string[])[] {
  return conditions.flatMap((each) =>
    each.kind === 'input' && each.is === 'valid' && each.from === from ? [each.path] : [],
  );
}

/**
 * Whether a column's enum type has a label that none of the claims excludes, which may speak of it by the code's name.
 * Claims that exclude each other whatever the type is are left to whoever tells why an ending can't come about.
 */
function isLabelled(
  machine: Machine,
  { row, column }: Term & { kind: 'column' },
  claims: readonly Claim[],
): boolean {
  const found = tableOfRow(machine, row)?.columns.find(({ name }) => name === column);
  if (!found?.values || found.array) return true;
  const { values: labels, nullable, labels: names = {} } = found;
  const excluding = claims.filter(({ says }) => says === 'not in');
  const stored = excluding.map((each) => ({
    ...each,
    values: each.values.map((value) =>
      typeof value === 'string' ? (names[value] ?? value) : value,
    ),
  }));
  return isPossible({ enum: nullable ? [...labels, null] : [...labels] }, stored);
}

function said(condition: Condition): Said[] {
  if (condition.kind === 'input' && (condition.is === 'missing' || condition.is === 'present')) {
    const { from, path, is } = condition;
    return [claim({ kind: 'input', from, path }, is, [])];
  }
  if (condition.kind === 'member') return among(condition.term, condition.holds, condition.of);
  if (!('left' in condition)) return [];
  const { left, op, right } = condition;
  const bounded = within(left, op, right);
  if (op !== '=' && op !== '!=') return bounded;
  return [...bounded, ...among(left, op === '=', [right])];
}

/** `body.name.length > 40`, `body.seats < 1`. */
function within(left: Term, op: Op, right: Term): Said[] {
  if (right.kind !== 'literal' || typeof right.value !== 'number') return [];
  const bounds = boundsFor(op, right.value);
  const isLength = left.kind === 'call' && left.fn === 'length';
  const term = isLength ? left.args[0] : left;
  if (!bounds || term?.kind !== 'input') return [];
  return [{ ...claim(term, isLength ? 'long' : 'much', []), bounds }];
}

function among(term: Term, holds: boolean, of: readonly Term[]): Said[] {
  if (term.kind !== 'input' && term.kind !== 'column') return [];
  const values = of.flatMap((each) => (each.kind === 'literal' ? [each.value] : []));
  const plain = values.filter((each) => each === null || typeof each !== 'object');
  if (plain.length < of.length) return [];
  return [claim(term, holds ? 'in' : 'not in', plain)];
}

function claim(term: Said['term'], says: Claim['says'], values: Claim['values']): Said {
  if (term.kind === 'column')
    return { of: `${term.row}.${term.column}`, term, path: [], says, values };
  return { of: term.from, term, path: term.path, says, values };
}
