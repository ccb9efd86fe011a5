import type { ForeignKey, Table } from '../../db/db.ts';

/**
 * Tables as the ORM describes them, with what only the migrations say of them: an ORM's schema may leave
 * out CHECKs, unique indexes, foreign keys and triggers that the database has all the same, and names what it
 * has as the migrations do.
 */
export function completeTables(described: readonly Table[], migrated: readonly Table[]): Table[] {
  const byId = new Map(migrated.map((table) => [table.id, table]));
  return described.map((table) => {
    const made = byId.get(table.id);
    return made ? completed(table, made) : table;
  });
}

/**
 * The same where migrations have the last word: their columns and foreign keys go over the described ones, their other
 * tables beside them.
 */
export function overlaidTables(described: readonly Table[], migrated: readonly Table[]): Table[] {
  const byId = new Map(migrated.map((table) => [table.id, table]));
  const laid = described.map((table) => {
    const made = byId.get(table.id);
    if (!made) return table;
    const { primaryKey } = made;
    const foreignKeys = table.foreignKeys.map((key) => keyUnder(key, made));
    return { ...table, columns: columnsUnder(table, made), primaryKey, foreignKeys };
  });
  const known = new Set(described.map(({ id }) => id));
  const others = migrated.filter(({ id }) => !known.has(id));
  return [...completeTables(laid, migrated), ...others].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function columnsUnder({ columns }: Table, made: Table): Table['columns'] {
  const called = new Map(columns.map((column) => [column.name, column]));
  const names = new Set(made.columns.map(({ name }) => name));
  const under = made.columns.map((column) => {
    const own = called.get(column.name);
    if (!own) return column;
    const isBare = column.default.kind === 'none';
    return { ...column, property: own.property, default: isBare ? own.default : column.default };
  });
  return [...under, ...columns.filter(({ name }) => !names.has(name))];
}

function keyUnder(key: ForeignKey, made: Table): ForeignKey {
  return made.foreignKeys.find((each) => tieOf(each) === tieOf(key)) ?? key;
}

function tieOf({ columns, table, references }: ForeignKey): string {
  return [...columns, table, ...references].join(' ');
}

function completed(table: Table, made: Table): Table {
  const columns = new Set(table.columns.map(({ name }) => name));
  const isKnown = (names: readonly string[]) => names.every((name) => columns.has(name));
  return {
    ...table,
    uniques: withMissing(
      table.uniques,
      made.uniques.filter((unique) => isKnown(unique.columns)),
      ({ columns, expressions, where }) => plain([...columns, ...expressions, where].join(' ')),
    ),
    foreignKeys: withMissing(
      table.foreignKeys,
      made.foreignKeys.filter((key) => isKnown(key.columns)),
      tieOf,
    ),
    checks: withMissing(table.checks, made.checks, ({ expression }) => plain(expression)),
    triggers: table.triggers ?? made.triggers,
  };
}

function withMissing<Item extends { readonly name: string | null }>(
  known: readonly Item[],
  made: readonly Item[],
  meaning: (item: Item) => string,
): Item[] {
  const names = new Set(known.map(({ name }) => name));
  const meanings = new Set(known.map(meaning));
  const missing = made.filter(
    (item) => !(item.name !== null && names.has(item.name)) && !meanings.has(meaning(item)),
  );
  const called = new Map(made.map((item) => [meaning(item), item.name]));
  const named = known.map((item) =>
    item.name === null ? item : { ...item, name: called.get(meaning(item)) ?? item.name },
  );
  return [...named, ...missing];
}

/** The same expression, however it is spaced, bracketed and quoted. */
function plain(expression: string): string {
  return expression.toLowerCase().replace(/[\s()"]/g, '');
}
