import type { Term } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Write } from '../model.ts';
import { spreadFields } from '../trace/composites.ts';
import type { Violated } from '../trace/errors.ts';
import type { Machine } from '../trace/machine.ts';
import { set } from '../trace/path.ts';
import { sentBeside } from '../trace/rests.ts';
import { withStep } from '../trace/steps.ts';
import type { Bind, Fields, Value } from '../trace/values.ts';
import type { Join } from './select.ts';
import { sqlTerm } from './terms.ts';

/** A write as its builder has it. */
export interface Change {
  readonly kind: Write['kind'];
  readonly table: Table;
  readonly values: Value | null;
  /** Other tables that `where` and `values` speak of. */
  readonly joins?: readonly Join[];
  readonly where: readonly Value[];
  readonly returning: Value | null;
  readonly onConflict: 'throw' | 'nothing' | 'update';
  /** Of an `update` on conflict: the columns that tell a row is there, and what it then gets, by property. */
  readonly upsert?: { readonly target: readonly string[]; readonly set: Fields };
  readonly node: ts.Node;
  /** What the library throws for a constraint violated. */
  readonly error: (violated: Violated) => Value;
  /** What an update that sets nothing is refused with, where the library or the database does. */
  readonly unset?: readonly string[];
}

/** What a builder begins with: an insert of nothing that gives nothing back. */
export function newChange(
  about: Pick<Change, 'table' | 'node' | 'error'>,
  change: Partial<Change> = {},
): Change {
  return {
    kind: 'insert',
    values: null,
    where: [],
    returning: null,
    onConflict: 'throw',
    ...about,
    ...change,
  };
}

/** The fields of what is to be written, by property. */
export function fieldsOf(value: Value): Fields {
  return spreadFields(value).fields;
}

/**
 * The same for a table: where it has beside it what a request sends and nobody declares, that has each column which the
 * database would not fill in.
 */
export function givenTo(
  machine: Machine,
  { table, node }: { readonly table: Table; readonly node: ts.Node },
  value: Value,
): Fields {
  const names = table.columns
    .filter((column) => column.default.kind === 'none')
    .map(({ property }) => property);
  return new Map([...fieldsOf(value), ...sentBeside(machine, value, { names, node })]);
}

/** What columns are given, by their names in the database. */
export function termsOf(table: Table, fields: Fields, bind: Bind): Record<string, Term> {
  const set: Record<string, Term> = {};
  for (const [name, value] of fields) {
    const column = table.columns.find((each) => each.property === name);
    if (column && value.kind !== 'undefined') set[column.name] = sqlTerm(value, bind);
  }
  return set;
}

/** The write is one of those on the way from here. */
export function keep(machine: Machine, record: Write): void {
  machine.writes.push(record);
  set(machine, machine.done, withStep(machine.done.value, record.id));
}
