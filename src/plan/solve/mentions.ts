import type { Comparison, Condition, Op, Term } from '../../condition/condition.ts';
import { compareData } from './compare.ts';
import type { Setting } from './setting.ts';
import { ownerOf } from './world.ts';

/** What a scenario's conditions say about how many rows its queries have. */
export interface Mentions {
  /** Needed: said to exist, or a column of it is compared. By query or join id. */
  readonly present: ReadonlySet<string>;
  /** Said not to exist. */
  readonly absent: ReadonlySet<string>;
  /** Said to exist and nothing else known of it: another query's row may do. */
  readonly named: ReadonlySet<string>;
  /** Only asked about inside a choice, so either way is possible. */
  readonly optional: ReadonlySet<string>;
  /** Read on the way to finding nothing: the one row it was read from is likelier than none. */
  readonly likely: ReadonlySet<string>;
  /** Row counts to try for aggregated queries, the likeliest first. */
  readonly counted: ReadonlyMap<string, readonly number[]>;
}

/** Collects them from the conditions and from the WHERE of every query needed on the way. */
export function mentionsOf(setting: Setting): Mentions {
  const found: Collected = {
    setting,
    present: new Set(),
    absent: new Set(),
    named: new Set(),
    compared: new Set(),
    optional: new Set(),
    likely: new Set(),
    counted: new Map(),
  };
  for (const condition of setting.when) collect(found, condition, false);
  for (const id of [...found.absent].sort()) followAbsent(found, id);
  const seen = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const id of [...found.present, ...found.counted.keys(), ...found.optional].sort()) {
      const query = ownerOf(setting, id);
      if (!query || seen.has(query.id)) continue;
      seen.add(query.id);
      grown = true;
      followQuery(found, query.id);
    }
  }
  for (const id of found.absent) found.present.delete(id);
  for (const id of found.compared) found.named.delete(id);
  return found;
}

interface Collected {
  readonly setting: Setting;
  readonly present: Set<string>;
  readonly absent: Set<string>;
  readonly named: Set<string>;
  /** A column of it is used, so it needs a row of its own to be read from. */
  readonly compared: Set<string>;
  readonly optional: Set<string>;
  readonly likely: Set<string>;
  readonly counted: Map<string, number[]>;
}

/** Which rows a subset lacks depends on what its filter compares them with. */
function followAbsent(found: Collected, id: string): void {
  const query = found.setting.queries.get(id);
  if (!query || query.of === null) return;
  const before = new Set(found.optional);
  for (const condition of query.where) {
    const inner =
      condition.kind === 'absent' || condition.kind === 'exists'
        ? found.setting.queries.get(condition.query)
        : undefined;
    for (const item of inner?.where ?? [condition]) collect(found, item, true);
    if (inner && !before.has(inner.id)) found.optional.delete(inner.id);
  }
  for (const own of [id, ...found.absent]) if (!before.has(own)) found.optional.delete(own);
  for (const read of found.optional) if (!before.has(read)) found.likely.add(read);
}

function followQuery(found: Collected, id: string): void {
  const query = found.setting.queries.get(id);
  if (!query) return;
  const local = new Set([id, ...query.joins.map((join) => join.id)]);
  for (let parent = query.of; parent !== null; ) {
    local.add(parent);
    for (const join of found.setting.queries.get(parent)?.joins ?? []) local.add(join.id);
    if (found.present.has(id)) found.present.add(parent);
    parent = found.setting.queries.get(parent)?.of ?? null;
  }
  const before = { present: new Set(found.present), compared: new Set(found.compared) };
  const conditions = [...query.where, ...query.joins.flatMap((join) => join.on)];
  for (const condition of conditions) collect(found, condition, false);
  for (const own of local) {
    if (!before.present.has(own)) found.present.delete(own);
    if (!before.compared.has(own)) found.compared.delete(own);
  }
}

function collect(found: Collected, condition: Condition, optional: boolean): void {
  const note = (id: string) => (optional ? found.optional : found.present).add(id);
  switch (condition.kind) {
    case 'exists':
      if (!optional) found.named.add(condition.query);
      note(condition.query);
      return;
    case 'absent':
      if (optional) found.optional.add(condition.query);
      else found.absent.add(condition.query);
      return;
    case 'any':
      for (const item of condition.of.flat()) collect(found, item, true);
      return;
    case 'member':
      for (const term of [condition.term, ...condition.of]) {
        collectTerm(found, term, optional || !condition.holds);
      }
      return;
    default:
      if (!('left' in condition)) return;
      countRows(found, condition);
      if (isNullTest(found.setting, condition)) return;
      collectTerm(found, condition.left, optional);
      collectTerm(found, condition.right, optional);
  }
}

/** `join.column = null` says that the joined row is missing as well as that the column is empty. */
function isNullTest(setting: Setting, { left, op, right }: Comparison): boolean {
  const isNull = right.kind === 'literal' && right.value === null && op === '=';
  return isNull && left.kind === 'column' && isOuterJoin(setting, left.row);
}

function isOuterJoin(setting: Setting, id: string): boolean {
  return setting.joins.get(id)?.joins.some((join) => join.id === id && !join.inner) ?? false;
}

function collectTerm(found: Collected, term: Term, optional: boolean): void {
  switch (term.kind) {
    case 'column':
      (optional ? found.optional : found.present).add(term.row);
      found.compared.add(term.row);
      return;
    case 'arith':
      collectTerm(found, term.left, optional);
      collectTerm(found, term.right, optional);
      return;
    case 'call':
      for (const arg of term.args) collectTerm(found, arg, optional);
      return;
    case 'choice':
      for (const condition of term.when) collect(found, condition, true);
      collectTerm(found, term.yes, true);
      collectTerm(found, term.no, true);
      return;
    case 'aggregate':
      if (!found.counted.has(term.query)) found.counted.set(term.query, [0, 1, 2]);
      if (term.of) collectSummed(found, term.of);
      return;
    default:
  }
}

/** What a sum is over may be looked up for each of its rows: without that row there is nothing to add. */
function collectSummed(found: Collected, of: Term): void {
  const before = new Set([...found.optional, ...found.present]);
  collectTerm(found, of, true);
  for (const id of found.optional) if (!before.has(id)) found.likely.add(id);
}

const MORE: readonly Op[] = ['>', '>=', '!='];
const MOST = 24;

/** How many rows an aggregate could need: around the number it is compared with, else a few. */
function countRows(found: Collected, { left, op, right }: Comparison): void {
  for (const [side, other, more] of [
    [left, right, MORE.includes(op)],
    [right, left, op.startsWith('<') || op === '!='],
  ] as const) {
    for (const aggregate of aggregatesIn(side)) {
      const literal =
        other.kind === 'literal' && typeof other.value === 'number' ? other.value : null;
      const plain = more ? [1, 2, 0] : [0, 1, 2];
      const wanted =
        literal === null || aggregate.op !== 'count'
          ? plain
          : countsFor({ literal, op, counted: side === left ? 'left' : 'right' });
      const before = found.counted.get(aggregate.query) ?? [];
      const exact = op === '=' && literal === null && aggregate.op === 'count';
      const counts = exact ? [2, 1, 0, ...before] : [...before, ...wanted];
      found.counted.set(
        aggregate.query,
        [...new Set(counts)].filter(
          (count) => count >= 0 && count <= MOST && Number.isInteger(count),
        ),
      );
    }
  }
}

/** The counts for which the comparison holds, the fewest rows first, before those on its other side. */
function countsFor(test: { literal: number; op: Op; counted: 'left' | 'right' }): number[] {
  const { literal, op, counted } = test;
  const all = [...new Set([0, 1, 2, literal - 1, literal, literal + 1])].sort((a, b) => a - b);
  const met = (count: number) => {
    const [left, right] = counted === 'left' ? [count, literal] : [literal, count];
    return compareData(left, right, { op, margin: 0, sql: false }) === true;
  };
  return [...all.filter(met), ...all.filter((count) => !met(count))];
}

function aggregatesIn(term: Term): (Term & { kind: 'aggregate' })[] {
  switch (term.kind) {
    case 'aggregate':
      return [term];
    case 'arith':
      return [...aggregatesIn(term.left), ...aggregatesIn(term.right)];
    case 'call':
      return term.args.flatMap(aggregatesIn);
    case 'choice':
      return [...aggregatesIn(term.yes), ...aggregatesIn(term.no)];
    default:
      return [];
  }
}
