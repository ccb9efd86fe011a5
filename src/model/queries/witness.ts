import type { Condition, Term } from '../../condition/condition.ts';
import { findsOne } from '../trace/by-key.ts';
import { keyOf } from '../trace/keys.ts';
import { type Machine, type Read, tableIdOfRow } from '../trace/machine.ts';
import { takenBack } from '../trace/read-again.ts';
import { renamed } from '../trace/terms.ts';

/**
 * Whether a row known to be there is one that the read must find: every condition asks for what a column of that very
 * row holds (`where id = project.id`, once the project was found).
 */
export function isWitnessed(machine: Machine, query: string): boolean {
  const read = machine.reads.find(({ id }) => id === query);
  return (
    read !== undefined && (witnessOf(machine, read) !== undefined || isReferred(machine, read))
  );
}

/** Whether a read asks for the row that a foreign key of a row known to be there leads to. */
export function isReferred(machine: Machine, read: Read): boolean {
  const { where, table, joins } = read;
  if (where.length === 0 || joins.some(({ inner }) => inner) || isRemoved(machine, table))
    return false;
  const pairs = where.map((condition) => keyPair(read, condition));
  const [first] = pairs;
  if (!first || pairs.some((each) => each?.row !== first.row)) return false;
  const owner = machine.deps.schema.tables.find(
    ({ id }) => id === tableIdOfRow(machine, first.row),
  );
  const isLed = owner?.foreignKeys.some(
    (key) =>
      key.table === table &&
      key.columns.length === pairs.length &&
      key.columns.every((column, at) => {
        const isNull = owner.columns.find(({ name }) => name === column)?.nullable !== false;
        const target = key.references[at] ?? column;
        return !isNull && pairs.some((each) => each?.from === column && each.to === target);
      }),
  );
  return isLed === true && isThere(machine, first.row);
}

interface KeyPair {
  readonly row: string;
  readonly from: string;
  readonly to: string;
}

/** `own.id = other.ownerId`. */
function keyPair(read: Read, condition: Condition): KeyPair | undefined {
  if (condition.kind !== 'compare' || condition.op !== '=') return undefined;
  const { left, right } = condition;
  if (left.kind !== 'column' || right.kind !== 'column') return undefined;
  const [own, other] = left.row === read.id ? [left, right] : [right, left];
  if (own.row !== read.id || other.row === read.id) return undefined;
  return { row: other.row, from: other.column, to: own.column };
}

function isRemoved(machine: Machine, removed: string): boolean {
  return machine.writes.some(({ kind, table }) => kind === 'delete' && table === removed);
}

/** A read by a key of a row that is known: of that read, as long as nothing was written to the table. */
export function witnessRead(machine: Machine, read: Read): Read | undefined {
  if (!findsOne(machine, read) || machine.writes.some(({ table }) => table === read.table))
    return undefined;
  const row = witnessOf(machine, read);
  const known = machine.reads.find(({ id, many }) => id === row && !many);
  return known && takenBack(machine, read, known);
}

function witnessOf(machine: Machine, read: Read): string | undefined {
  if (read.where.length === 0 || read.joins.some(({ inner }) => inner)) return undefined;
  const rows = read.where.map((condition) => sameColumnOf(machine, read, condition));
  const row = rows.find((each) => each !== undefined);
  const isIt =
    row !== undefined &&
    rows.every((each, index) => each === row || isKnownOf(machine, read, { row, index })) &&
    !isRemoved(machine, read.table) &&
    isThere(machine, row);
  return isIt ? row : undefined;
}

/** The other row was found by the same condition (it is not deleted softly). */
function isKnownOf(
  machine: Machine,
  read: Read,
  { row, index }: { row: string; index: number },
): boolean {
  const condition = read.where[index];
  const other = machine.reads.find(({ id }) => id === row);
  if (!condition || !other) return false;
  const key = keyOf(renamed(condition, read.id, row));
  return other.where.some((each) => keyOf(each) === key);
}

/** The other row of the read's table whose column the condition asks for. */
function sameColumnOf(machine: Machine, read: Read, condition: Condition): string | undefined {
  if (condition.kind !== 'compare' || condition.op !== '=') return undefined;
  const { left, right } = condition;
  return otherRow(machine, read, [left, right]) ?? otherRow(machine, read, [right, left]);
}

function otherRow(
  machine: Machine,
  read: Read,
  [own, other]: readonly [Term, Term],
): string | undefined {
  if (own.kind !== 'column' || other.kind !== 'column') return undefined;
  if (own.row !== read.id || own.column !== other.column) return undefined;
  const table = machine.deps.schema.tables.find(({ id }) => id === read.table);
  const column = table?.columns.find(({ name }) => name === own.column);
  return column?.nullable === false && tableIdOfRow(machine, other.row) === read.table
    ? other.row
    : undefined;
}

/** A row of a query that is known to have one, joined to it if need be. */
function isThere(machine: Machine, row: string): boolean {
  const owner = machine.reads.find(
    ({ id, joins }) => id === row || joins.some((join) => join.id === row && join.inner),
  );
  return machine.path.facts.some(
    (fact) =>
      fact.kind === 'atom' &&
      fact.condition.kind === 'exists' &&
      fact.condition.query === owner?.id,
  );
}
