import { canonicalJson } from '../kernel/digest.ts';
import type { Comparison, Condition, Op, Term } from './condition.ts';

const OPPOSITE: Record<Op, Op> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  like: 'not like',
  'not like': 'like',
  matches: 'not matches',
  'not matches': 'matches',
};

const negations = new WeakMap<Condition, Condition>();

/** The condition that holds exactly when this one does not; of one condition always the same. */
export function negate(condition: Condition): Condition {
  const known = negations.get(condition) ?? negated(condition);
  negations.set(condition, known);
  return known;
}

function negated(condition: Condition): Condition {
  switch (condition.kind) {
    case 'exists':
      return { ...condition, kind: 'absent' };
    case 'absent':
      return { ...condition, kind: 'exists' };
    case 'compare':
    case 'count':
    case 'aggregate':
    case 'environment':
      return { ...condition, op: OPPOSITE[condition.op] };
    case 'member':
    case 'conflict':
    case 'external':
    case 'opaque':
      return { ...condition, holds: !condition.holds };
    case 'input':
      return condition.is === 'compare'
        ? { ...condition, op: OPPOSITE[condition.op] }
        : { ...condition, is: OPPOSITE_INPUT[condition.is] };
    case 'actor':
      return condition.is === 'role' || condition.is === 'owner'
        ? { ...condition, op: OPPOSITE[condition.op] }
        : { ...condition, is: condition.is === 'anonymous' ? 'authenticated' : 'anonymous' };
    case 'any':
      return negateAll(condition);
  }
}

/** Texts known to bring an unreadable condition about; empty where none are. */
export function examplesOf(condition: Condition & { kind: 'opaque' }): readonly string[] {
  return condition.examples?.[condition.holds ? 'yes' : 'no'] ?? [];
}

const OPPOSITE_INPUT = {
  invalid: 'valid',
  valid: 'invalid',
  missing: 'present',
  present: 'missing',
  malformed: 'wellFormed',
  wellFormed: 'malformed',
} as const;

/** ¬(A ∨ B) = ¬A ∧ ¬B, written as an `any` with one conjunction; ¬(a ∧ b) inside it as an `any` of its own. */
function negateAll(condition: Condition & { kind: 'any' }): Condition {
  const each = condition.of.map((conjunction): Condition => {
    const [only] = conjunction;
    if (only && conjunction.length === 1) return negate(only);
    return { kind: 'any', at: condition.at, of: conjunction.map((item) => [negate(item)]) };
  });
  return { kind: 'any', at: condition.at, of: [each] };
}

const keys = new WeakMap<Condition, string>();

/** What makes two conditions the same condition: everything but their place. */
export function conditionKey(condition: Condition): string {
  const known = keys.get(condition);
  if (known !== undefined) return known;
  const key =
    condition.kind === 'any'
      ? `any of ${condition.of.map(conjunctionKey).sort().join(' or ')}`
      : canonicalJson(withoutPlaces(condition));
  keys.set(condition, key);
  return key;
}

const termKeys = new WeakMap<Term, string>();

/** Equal for terms that say the same, wherever they stand. */
export function termKey(term: Term): string {
  const known = termKeys.get(term) ?? canonicalJson(withoutPlaces(term));
  termKeys.set(term, known);
  return known;
}

/** The same with rows and queries going by other ids; places stay, and so do all parts that speak of none. */
export function withRowsNamed<T extends Term | Condition>(
  thing: T,
  names: ReadonlyMap<string, string>,
): T {
  const walk = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return changed(value, value.map(walk));
    let copy: Record<string, unknown> | undefined;
    for (const [name, item] of Object.entries(value)) {
      if (name === 'at') continue;
      const isId = (name === 'row' || name === 'query') && typeof item === 'string';
      const said = isId ? (names.get(item) ?? item) : walk(item);
      if (said === item) continue;
      copy ??= { ...value };
      copy[name] = said;
    }
    return copy ?? value;
  };
  return walk(thing) as T;
}

function changed(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.every((item, index) => item === before[index]) ? before : after;
}

/**
 * The ways to satisfy a conjunction that holds disjunctions, one after another, each without any `any` and without a
 * condition and its negation: the plainest side of each disjunction first, then the ways that depart from it once, ….
 */
export function* waysOf(when: readonly Condition[]): Generator<readonly Condition[]> {
  const plain = when.filter(({ kind }) => kind !== 'any');
  const open = when.flatMap((condition) => (condition.kind === 'any' ? [condition] : []));
  for (let departures = 0, further = true; further; departures += 1) {
    further = yield* extend(plain, open, departures);
  }
}

/** The ways with so many departures; whether there may be some with more. */
function* extend(
  so: readonly Condition[],
  [first, ...rest]: readonly (Condition & { kind: 'any' })[],
  departures: number,
): Generator<readonly Condition[], boolean> {
  if (!first) {
    if (departures === 0) yield so;
    return false;
  }
  const sides = sidesOf(so, first);
  let further = sides.length > departures + 1;
  for (const [index, fresh] of sides.slice(0, departures + 1).entries()) {
    const nested = fresh.flatMap((item) => (item.kind === 'any' ? [item] : []));
    const more = fresh.filter(({ kind }) => kind !== 'any');
    const beyond = yield* extend([...so, ...more], [...nested, ...rest], departures - index);
    further ||= beyond;
  }
  return further;
}

/** What each side of a disjunction adds to what holds; nothing where one holds already. */
function sidesOf(
  so: readonly Condition[],
  disjunction: Condition & { kind: 'any' },
): readonly (readonly Condition[])[] {
  const held = new Set(so.map(conditionKey));
  const met = disjunction.of.find((all) => all.every((item) => held.has(conditionKey(item))));
  return (met ? [met] : simplestFirst(disjunction)).flatMap((all) => {
    const fresh = all.filter((item) => !held.has(conditionKey(item)));
    const denied = fresh.some(
      (item) => item.kind !== 'any' && held.has(conditionKey(negate(item))),
    );
    return denied ? [] : [fresh];
  });
}

const ordered = new WeakMap<Condition, readonly (readonly Condition[])[]>();

function simplestFirst(
  disjunction: Condition & { kind: 'any' },
): readonly (readonly Condition[])[] {
  const known = ordered.get(disjunction) ?? [...disjunction.of].sort(simplest);
  ordered.set(disjunction, known);
  return known;
}

/** Few conditions first; those as many in the order of their keys. */
function simplest(left: readonly Condition[], right: readonly Condition[]): number {
  if (left.length !== right.length) return left.length - right.length;
  return conjunctionKey(left) < conjunctionKey(right) ? -1 : 1;
}

function conjunctionKey(all: readonly Condition[]): string {
  return all.map(conditionKey).sort().join(' and ');
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'at');
  return Object.fromEntries(
    entries.map(([name, item]) => [name, name === 'when' ? inAnyOrder(item) : withoutPlaces(item)]),
  );
}

/** The conditions of a choice: their order says nothing. */
function inAnyOrder(conditions: unknown): unknown {
  if (!Array.isArray(conditions)) return withoutPlaces(conditions);
  return conditions.map((item) => canonicalJson(withoutPlaces(item))).sort();
}

/** The terms that a condition speaks of, with all their parts. */
export function termsOf(condition: Condition): Term[] {
  if (condition.kind === 'any') return condition.of.flat().flatMap(termsOf);
  if (condition.kind === 'member') return [condition.term, ...condition.of].flatMap(parts);
  return 'left' in condition ? [condition.left, condition.right].flatMap(parts) : [];
}

function parts(term: Term): Term[] {
  switch (term.kind) {
    case 'arith':
      return [...parts(term.left), ...parts(term.right)];
    case 'call':
      return [term, ...term.args.flatMap(parts)];
    case 'choice':
      return [...term.when.flatMap(termsOf), ...parts(term.yes), ...parts(term.no)];
    case 'aggregate':
      return term.of ? parts(term.of) : [];
    default:
      return [term];
  }
}

/** Where in a token's claims a term is; empty for all of them, undefined for what is none. */
export function claimPath(whole: Term): readonly string[] | undefined {
  if (whole.kind !== 'call') return undefined;
  const [owner, name] = whole.args;
  if (whole.fn === 'tokenClaims') return [];
  if (whole.fn !== 'field' || !owner || name?.kind !== 'literal') return undefined;
  const outer = claimPath(owner);
  return outer && [...outer, String(name.value)];
}

/** What is left of a condition where a token makes these claims: nothing where it holds, null where it can't. */
export function withClaims(claims: readonly string[], condition: Condition): Condition[] | null {
  if (condition.kind === 'any') {
    const ways = condition.of.flatMap((way) => {
      const parts = way.map((part) => withClaims(claims, part));
      return parts.includes(null) ? [] : [parts.flatMap((part) => part ?? [])];
    });
    const [only] = ways;
    if (!only || ways.some((way) => way.length === 0)) return only ? [] : null;
    return ways.length === 1 ? only : [{ ...condition, of: ways }];
  }
  if (!isClaimTest(claims, condition)) return [condition];
  return condition.op === '!=' ? [] : null;
}

/** Whether a condition asks if a token makes a claim: whether it, or what it lies in, is null. */
function isClaimTest(
  claims: readonly string[],
  condition: Condition,
): condition is Condition & Comparison {
  if (!('left' in condition) || !['=', '!='].includes(condition.op)) return false;
  const { left, right } = condition;
  const path = right.kind === 'literal' && right.value === null ? claimPath(left) : undefined;
  if (path === undefined) return false;
  const owner = path.map((name) => `${name}.`).join('');
  return claims.some((claim) => `${claim}.`.startsWith(owner));
}
