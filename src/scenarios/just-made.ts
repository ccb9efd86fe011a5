import type { Condition, Term } from '../condition/condition.ts';
import { withRowsNamed } from '../condition/logic.ts';
import type { Query, Write } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import { type Known, sidesOf, unset } from './read-again.ts';
import { words } from './words.ts';

/**
 * Rows that belong to one the request has just made are those the request made with it: why one that was found can't be,
 * in words; null where each may.
 */
export function neverMade(known: Known, way: Conjunction): string | null {
  for (const condition of way) {
    if (condition.kind !== 'exists') continue;
    for (const query of leadingTo(known, condition.query)) {
      const own = query.where.map((part) => ownIn(known, query, part)).find(Boolean);
      if (!own) continue;
      if (own.is === 'nothing') return `${words(condition)}, though ${own.from} is null`;
      if (candidates(known, query, own.column).length === 0)
        return `${words(condition)} contradicts ${own.from}, which has just been made`;
    }
  }
  return null;
}

/** The same with rows that can be none but one that the request made going by that one's name. */
export function asMade(known: Known, way: Conjunction): { known: Known; way: Conjunction } {
  const names = new Map<string, string>();
  for (const condition of way) {
    const query = condition.kind === 'exists' ? queryOf(known, condition.query) : undefined;
    if (query?.of !== null) continue;
    const own = query.where.map((part) => ownIn(known, query, part)).find(Boolean);
    const [only, ...others] = own?.is === 'new' ? candidates(known, query, own.column) : [];
    if (only?.kind === 'insert' && others.length === 0) names.set(query.id, only.id);
  }
  if (names.size === 0) return { known, way };
  const named = <T extends Term | Condition>(thing: T) => withRowsNamed(thing, names);
  const reads = known.reads.map((read) => ({ ...read, where: read.where.map(named) }));
  const writes = known.writes.map((write) => ({
    ...write,
    set: Object.fromEntries(Object.entries(write.set).map(([name, set]) => [name, named(set)])),
  }));
  return { known: { ...known, reads, writes }, way: way.map(named) };
}

/** A query, and those whose rows its own are among. */
function leadingTo(known: Known, id: string): Query[] {
  const query = queryOf(known, id);
  return query ? [query, ...(query.of === null ? [] : leadingTo(known, query.of))] : [];
}

function queryOf({ reads }: Known, id: string): Query | undefined {
  return reads.find((read) => read.id === id);
}

interface Own {
  readonly column: string;
  /** `new`: no row from before the request holds it. `nothing`: no row is equal to it. */
  readonly is: 'new' | 'nothing';
  readonly from: string;
}

/** What a query asks of a column of its own that tells what the request itself made. */
function ownIn(known: Known, query: Query, part: Condition): Own | undefined {
  if (part.kind !== 'compare' || part.op !== '=') return undefined;
  const [own, other] = sidesOf(part, query.id);
  if (own?.kind !== 'column' || !other) return undefined;
  const { column } = own;
  if (isRandom(other)) return { column, is: 'new', from: 'a key' };
  if (other.kind !== 'column') return undefined;
  const made = insertOf(known, other.row);
  if (!made) return undefined;
  const table = known.app.tables.find(({ id }) => id === made.table);
  const from = `${other.row}.${other.column}`;
  const set = made.set[other.column];
  const given = set ?? unset(table?.columns.find(({ name }) => name === other.column));
  if (given?.kind === 'literal' && given.value === null) return { column, is: 'nothing', from };
  const isKey = table?.primaryKey.join() === other.column && set === undefined;
  return isKey || (set && isRandom(set)) ? { column, is: 'new', from } : undefined;
}

function insertOf({ writes }: Known, id: string): Write | undefined {
  return writes.find((write) => write.id === id && write.kind === 'insert' && !write.comesUpon);
}

function isRandom(term: Term): boolean {
  return term.kind === 'call' && term.fn === 'random';
}

/** What the request made that may be what a query finds by a new value. */
function candidates({ app, writes }: Known, { table }: Query, column: string): Write[] {
  const columns = app.tables.find(({ id }) => id === table)?.columns;
  return writes.filter((write) => {
    if (write.table !== table || write.kind === 'delete') return false;
    const set = write.set[column];
    if (write.kind === 'update') return set !== undefined;
    return (set ?? unset(columns?.find(({ name }) => name === column)))?.kind !== 'literal';
  });
}
