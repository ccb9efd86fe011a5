import type { Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Write } from '../model.ts';
import { bringAbout, mayThrow, type Violated } from '../trace/errors.ts';
import { atom } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { placeAt } from '../trace/source.ts';
import type { Change } from './change.ts';
import { foreignReach, isEmptied, type Reach, uniqueReach } from './conflicts.ts';
import { foreignKeyNames, uniqueNames } from './constraint-names.ts';

interface Failing {
  readonly table: Table;
  readonly record: Write;
  readonly node: ts.Node;
  readonly error: Change['error'];
}

/** The constraint errors a write may raise. */
export function violations(machine: Machine, about: Failing & { uniques?: boolean }): void {
  const { table, record, uniques = true } = about;
  if (record.kind === 'delete') {
    deleteViolations(machine, about);
    return;
  }
  for (const { columns, name, partial } of uniques ? uniqueSets(table, record) : []) {
    const names = name ? [name] : uniqueNames(table, columns);
    const reach = partial ? 'unknown' : uniqueReach(machine, record, columns);
    violated(machine, { ...about, reach }, { code: '23505', table: table.name, columns, names });
  }
  for (const key of table.foreignKeys) {
    if (!key.columns.some((each) => each in record.set)) continue;
    const { columns } = key;
    const names = foreignKeyNames(table, key);
    const reach = foreignReach(machine, record, key);
    violated(machine, { ...about, reach }, { code: '23503', table: table.name, columns, names });
  }
}

function violated(
  machine: Machine,
  { record, node, error, reach }: Failing & { reach: Reach },
  said: Violated,
): void {
  const when = atom({
    kind: 'conflict',
    at: placeAt(node),
    write: record.id,
    violates: said.code === '23505' ? 'unique' : 'foreignKey',
    columns: [...said.columns],
    holds: true,
  });
  if (reach === 'race' && record.kind !== 'delete') return;
  const value = error(said);
  if (reach === 'open') bringAbout(value);
  mayThrow(machine, { when, value }, node);
}

/** Rows that still point at a deleted one. */
function deleteViolations(machine: Machine, about: Failing): void {
  for (const other of machine.deps.schema.tables) {
    for (const key of other.foreignKeys) {
      if (key.table !== about.table.id || !/^(no action|restrict)$/.test(key.onDelete)) continue;
      const names = foreignKeyNames(other, key);
      const { references: columns } = key;
      const reach = isEmptied(machine, other) ? 'race' : 'open';
      violated(machine, { ...about, reach }, { code: '23503', table: other.name, columns, names });
      return;
    }
  }
}

/** The keys that a write can violate. */
export function uniqueSets(table: Table, record: Write) {
  const given = Object.keys(record.set);
  const keys = [
    ...table.uniques.map((unique) => ({
      columns: columnsOf(table, unique),
      name: unique.name,
      partial: unique.where !== null,
    })),
    { columns: table.primaryKey, name: null, partial: false },
  ];
  return keys.filter(
    (key) =>
      key.columns.some((each) => given.includes(each)) &&
      (record.kind === 'update' || key.columns.every((each) => isGiven(table, each, given))),
  );
}

/** The columns of a unique index, those its expressions speak of included. */
function columnsOf(table: Table, { columns, expressions }: Table['uniques'][number]): string[] {
  const words = new Set(expressions.flatMap((each) => each.match(/\w+/g) ?? []));
  return [...columns, ...table.columns.map(({ name }) => name).filter((name) => words.has(name))];
}

function isGiven(table: Table, column: string, given: readonly string[]): boolean {
  return (
    given.includes(column) ||
    table.columns.find((each) => each.name === column)?.default.kind === 'literal'
  );
}
