import type { Table } from '../../db/db.ts';

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
      (key) => [...key.columns, key.table, ...key.references].join(' '),
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
