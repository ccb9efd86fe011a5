import type { Comparison, Condition, Term } from '../condition/condition.ts';
import { conditionKey, termKey, waysOf } from '../condition/logic.ts';
import type { Column } from '../db/db.ts';
import type { App, Query, Write } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import { words } from './words.ts';

/** What has run when a request ends, and what it is known to have found. */
export interface Known {
  readonly app: App;
  readonly reads: readonly Query[];
  /** The writes that have run. */
  readonly writes: readonly Write[];
  readonly when: Conjunction;
}

/** A row that is there: found by a query, or inserted. */
export interface There {
  readonly id: string;
  readonly table: string;
  readonly where: Conjunction;
  readonly condition: Condition | null;
}

/** More ways for the rows of an ending to have been found than this are not told apart. */
const LIMIT = 24;

/**
 * The ways for what is known to come about: what was asked of the rows that were found holds as well, each `any` in it
 * decided.
 */
export function waysFound({ reads, when }: Known): Conjunction[] {
  const found = queriesOf(reads, when, 'exists').flatMap(({ query }) => query.where);
  const ways: Conjunction[] = [];
  const plain = when.filter(({ kind }) => kind !== 'any');
  for (const way of waysOf([...plain, ...found])) {
    if (ways.push(way) > LIMIT) return [[...plain, ...found.filter(({ kind }) => kind !== 'any')]];
  }
  return ways;
}

/** The rows that are there when a request ends so. */
export function rowsThere({ reads, writes }: Known, way: Conjunction): There[] {
  const about = (id: string) =>
    way.filter((part) => 'left' in part && sidesOf(part, id).length > 0);
  const found = queriesOf(reads, way, 'exists')
    .filter(({ query }) => query.of === null)
    .map(({ query: { id, table }, condition }) => ({ id, table, where: about(id), condition }));
  const made = writes
    .filter(({ kind }) => kind === 'insert')
    .map(({ id, table }) => ({ id, table, where: [], condition: null }));
  return [...found, ...made];
}

/**
 * A row that was found or made and is looked up again, or that a foreign key vouches for: it is there unless the
 * request took it away. Says which conditions exclude each other so; null where none do.
 */
export function lostRow(known: Known, way: Conjunction): string | null {
  const there = rowsThere(known, way);
  const held = new Set(way.map(conditionKey));
  for (const { query: gone, condition } of queriesOf(known.reads, way, 'absent')) {
    if (gone.of !== null || gone.joins.some(({ inner }) => inner) || mayLose(known, gone)) continue;
    const kept = (part: Condition, found: There): boolean =>
      part.kind === 'any'
        ? part.of.some((all) => all.every((each) => kept(each, found)))
        : held.has(conditionKey(part)) || keeps(known, part, { found, gone });
    const pointing = there.map((row) => vouches(known, gone, { row, held })).find(Boolean);
    if (pointing)
      return `${words(condition)} contradicts ${pointing}, a foreign key that refers to it`;
    const found = there.find(
      (row) =>
        row.table === gone.table &&
        row.id !== gone.id &&
        !mayGain(known, gone, row) &&
        gone.where.every((each) => kept(each, row)) &&
        (row.condition !== null ||
          gone.where.some((each) => pointsAt(each, row.id)) ||
          isLater(gone.id, row.id)),
    );
    if (!found || gone.where.length === 0) continue;
    const told = found.condition ? words(found.condition) : `${found.table} has just been made`;
    return `${words(condition)} contradicts ${told}`;
  }
  return null;
}

function queriesOf(reads: Known['reads'], when: Conjunction, kind: 'exists' | 'absent') {
  return when.flatMap((condition) => {
    if (condition.kind !== kind) return [];
    const query = reads.find(({ id }) => id === condition.query);
    return query ? [{ query, condition }] : [];
  });
}

interface Looked {
  readonly id: string;
  readonly table: string;
  readonly where: Conjunction;
}

/** Whether the request has deleted rows, which may take others along, or changed what the look-up goes by. */
function mayLose({ writes }: Known, { id, table, where }: Looked): boolean {
  const looked = where.flatMap((part) => {
    const [own] = 'left' in part ? sidesOf(part, id) : [];
    return own?.kind === 'column' ? [own.column] : [];
  });
  return writes.some(
    (write) =>
      write.kind === 'delete' ||
      (write.table === table &&
        write.kind === 'update' &&
        looked.some((column) => column in write.set)),
  );
}

/** Whether a row that was not there may have been made before it was found. */
function mayGain({ reads, writes }: Known, gone: Query, found: There): boolean {
  const at = (id: string) => reads.findIndex((read) => read.id === id);
  const inserts = writes.some(({ kind, table }) => kind === 'insert' && table === gone.table);
  return inserts && at(found.id) > at(gone.id);
}

/** Whether a part of the second look-up holds for what the first one found, or for what was made. */
function keeps(
  known: Known,
  part: Condition,
  { found, gone }: { found: There; gone: Query },
): boolean {
  if (found.where.some((each) => keyOf(each, found.id) === keyOf(part, gone.id))) return true;
  if (part.kind !== 'compare' || part.op !== '=') return false;
  const [own, other] = sidesOf(part, gone.id);
  if (own?.kind !== 'column' || !other) return false;
  if (other.kind === 'column' && other.row === found.id) return own.column === other.column;
  const made = known.writes.find(({ id, kind }) => id === found.id && kind === 'insert');
  if (!made) return false;
  const given = made.set[own.column] ?? unset(columnOf(known, made.table, own.column));
  return given !== undefined && termKey(given) === termKey(other);
}

/** Whether a look-up goes by what the row holds, so that it comes after it. */
function pointsAt(part: Condition, row: string): boolean {
  return part.kind === 'compare' && sidesOf(part, row).length > 0;
}

/** Reads and writes of one table are numbered together, in the order they run in. */
function isLater(one: string, other: string): boolean {
  const [[name, at = '1'], [also, before = '1']] = [one.split('#'), other.split('#')];
  return name === also && Number(at) > Number(before);
}

/** What a column holds that an insert says nothing of. */
export function unset(column: Column | undefined): Term | undefined {
  const empty = column?.nullable === true && column.default.kind === 'none';
  return empty ? { kind: 'literal', value: null } : undefined;
}

/** `where id = order.user_id` for an order that is there and has one: no key leads nowhere. */
function vouches(
  { app, reads }: Known,
  gone: Query,
  { row, held }: { row: There; held: ReadonlySet<string> },
): string | undefined {
  const [part, ...more] = gone.where;
  if (part?.kind !== 'compare' || part.op !== '=' || more.length > 0) return undefined;
  const [own, other] = sidesOf(part, gone.id);
  if (own?.kind !== 'column' || other?.kind !== 'column' || other.row !== row.id) return undefined;
  if (!reads.some(({ id }) => id === row.id)) return undefined;
  const table = app.tables.find(({ id }) => id === row.table);
  const key = table?.foreignKeys.find(
    ({ table: to, columns, references }) =>
      to === gone.table && columns.join() === other.column && references.join() === own.column,
  );
  if (!key) return undefined;
  const right: Term = { kind: 'literal', value: null };
  const filled = conditionKey({ kind: 'compare', at: part.at, left: other, op: '!=', right });
  const isFilled = columnIn(table?.columns, other.column)?.nullable === false || held.has(filled);
  return isFilled ? `${other.row}.${other.column}` : undefined;
}

function columnOf({ app }: Known, table: string, column: string): Column | undefined {
  return columnIn(app.tables.find(({ id }) => id === table)?.columns, column);
}

function columnIn(columns: readonly Column[] | undefined, column: string): Column | undefined {
  return columns?.find(({ name }) => name === column);
}

/** The side that is a column of the row, and the one it is compared with. */
export function sidesOf({ left, right }: Comparison, row: string): [Term?, Term?] {
  if (left.kind === 'column' && left.row === row) return [left, right];
  return right.kind === 'column' && right.row === row ? [right, left] : [];
}

/** A condition's content with the row it is about left open, whichever side names it. */
function keyOf(condition: Condition, row: string): string {
  const { at: _, ...content } = condition;
  const turned =
    'left' in content && content.op === '=' && sidesOf(content, row)[0] === content.right
      ? { ...content, left: content.right, right: content.left }
      : content;
  return JSON.stringify(turned, (key, value: unknown) =>
    key === 'at' ? undefined : key === 'row' && value === row ? '' : value,
  );
}
