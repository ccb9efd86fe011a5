import type { Table } from '../../../db/db.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';

/** How an app's names become the database's, and back. */
export interface Names {
  readonly toSql: (name: string) => string;
  readonly fromSql: (name: string) => string;
}

export const PLAIN: Names = { toSql: (name) => name, fromSql: (name) => name };

/** What `CamelCasePlugin` does with names. */
export const CAMEL: Names = {
  toSql: (name) =>
    name.replace(
      /[A-Z]+/g,
      (letters, at: number) => `${at > 0 ? '_' : ''}${letters.toLowerCase()}`,
    ),
  fromSql: (name) =>
    name.replace(/(?<=[^_])_+([a-z\d])/g, (_, letter: string) => letter.toUpperCase()),
};

const usual = new WeakMap<object, Names>();

/** The names of a database nobody saw being made: as the repo makes its others. */
export function usualNames(machine: Machine): Names {
  const { program } = machine.deps;
  const known = usual.get(program);
  if (known) return known;
  const camel = program.repo.files.some(
    ({ path }) => /\.[mc]?[jt]s$/.test(path) && program.matches(path, /CamelCasePlugin/),
  );
  const names = camel ? CAMEL : PLAIN;
  usual.set(program, names);
  return names;
}

const renamedTables = new WeakMap<Table, Table>();

function tableFor(table: Table, { fromSql }: Names): Table {
  const before = renamedTables.get(table);
  if (before) return before;
  const columns = table.columns.map((column) => ({ ...column, property: fromSql(column.name) }));
  const made = { ...table, columns };
  renamedTables.set(table, made);
  return made;
}

/** Rows as the app sees them. */
export function named(value: Value, names: Names): Value {
  if (names === PLAIN) return value;
  switch (value.kind) {
    case 'list':
      return { ...value, element: (id) => named(value.element(id), names) };
    case 'array':
      return {
        ...value,
        items: {
          ...value.items,
          value: value.items.value.map((item) => ({ ...item, value: named(item.value, names) })),
        },
      };
    case 'row':
      return {
        ...value,
        table: value.table && tableFor(value.table, names),
        fields: new Map([...value.fields].map(([name, field]) => [names.fromSql(name), field])),
      };
    default:
      return value;
  }
}
