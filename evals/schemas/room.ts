import type { LayoutTable, LayoutUnique, Sql } from '../../src/db/db.ts';

/**
 * How many rows more a table can have at most, as its own constraints prove; null where they prove nothing.
 * A unique key over columns of which each has only a few values leaves room for those that are not there;
 * a table parted into nothing, or one that needs a row of a table that has none and no room, takes none.
 */
export async function roomsOf(
  tables: readonly LayoutTable[],
  sql: Sql,
): Promise<ReadonlyMap<number, number>> {
  const rooms = new Map<number, number>();
  for (const table of tables) {
    const found = await ownRoom(table, sql);
    if (found !== null) rooms.set(table.oid, found);
  }
  const without = new Set<number>();
  for (const table of tables) {
    if (rooms.get(table.oid) === 0 && (await isEmpty(table, sql))) without.add(table.oid);
  }
  for (const table of await needing(tables, without, sql)) rooms.set(table.oid, 0);
  return rooms;
}

/** The tables whose rows need one of those, or of a table that has none for that. */
export async function needing(
  tables: readonly LayoutTable[],
  those: ReadonlySet<number>,
  sql: Sql,
): Promise<readonly LayoutTable[]> {
  const without = new Set(those);
  const found = new Set<LayoutTable>();
  for (let before = -1; before < without.size; ) {
    before = without.size;
    for (const table of tables) {
      if (without.has(table.oid) || !needsOneOf(table, without)) continue;
      found.add(table);
      if (await isEmpty(table, sql)) without.add(table.oid);
    }
  }
  return [...found];
}

function needsOneOf(table: LayoutTable, without: ReadonlySet<number>): boolean {
  return table.foreignKeys.some(
    (key) =>
      without.has(key.table) &&
      key.columns.every((number) => columnOf(table, number)?.notNull ?? false),
  );
}

export async function isEmpty(table: LayoutTable, sql: Sql): Promise<boolean> {
  return (await sql.query(`select from ${table.sql} limit 1`)).length === 0;
}

async function ownRoom(table: LayoutTable, sql: Sql): Promise<number | null> {
  const [parts] = await sql.query(
    `select c.relkind = 'p' and not exists (select from pg_partition_tree(c.oid) where isleaf) as none
     from pg_class c where c.oid = $1`,
    [table.oid],
  );
  if (parts?.['none'] === true) return 0;
  const rooms: number[] = [];
  for (const unique of table.uniques) {
    const room = await roomUnder(unique, table, sql);
    if (room !== null) rooms.push(room);
  }
  return rooms.length > 0 ? Math.min(...rooms) : null;
}

/** The combinations of the key's values that CHECKs allow and no row has. */
async function roomUnder(
  unique: LayoutUnique,
  table: LayoutTable,
  sql: Sql,
): Promise<number | null> {
  if (unique.where !== null || unique.columns.includes(0)) return null;
  const lists: string[] = [];
  for (const number of unique.columns) {
    const column = columnOf(table, number);
    if (!column?.notNull) return null;
    const values = await valuesOf(table, number, sql);
    if (!values) return null;
    lists.push(`(select distinct v as ${column.sql} from unnest(${values}) v) l${number}`);
  }
  const names = unique.columns.map((number) => columnOf(table, number)?.sql ?? '');
  const checks = table.checks.filter(
    ({ columns }) => columns?.every((one) => unique.columns.includes(one)) ?? false,
  );
  const [row] = await sql.query(`select count(*)::int as n
    from (select * from ${lists.join(' cross join ')}) given
    where ${checks.map((check) => `coalesce((${check.sql}), true) and `).join('')}
      not exists (select from ${table.from} there
        where ${names.map((name) => `there.${name} = given.${name}`).join(' and ')})`);
  return Number(row?.['n']);
}

/** All values that a column can have, as SQL of an array; null where they are not listed. */
async function valuesOf(table: LayoutTable, number: number, sql: Sql): Promise<string | null> {
  const column = columnOf(table, number);
  const [type] = await sql.query(
    `select format_type(oid, null) as name, typtype = 'e' as listed from pg_type where oid = $1`,
    [column?.type],
  );
  if (type?.['name'] === 'boolean') return 'array[true, false]';
  if (type?.['listed'] === true) return `enum_range(null::${type['name']})`;
  for (const check of table.checks) {
    const list = check.columns?.length === 1 && check.columns[0] === number && listIn(check.sql);
    if (list) return `(${list})::${type?.['name']}[]`;
  }
  return null;
}

/** The list of a CHECK that says no more than `column = ANY (list)` or `column = literal`. */
function listIn(check: string): string | null {
  const text = check.replace(/^\(+/, '').replace(/\)+$/, '');
  const literal = String.raw`(?:'(?:[^']|'')*'(?:::[\w ]+)?|-?\d+)`;
  const column = String.raw`\(?(?:"[^"]+"|\w+)\)?(?:::[\w ]+)?`;
  const [, one] = new RegExp(`^${column} = (${literal})$`).exec(text) ?? [];
  if (one !== undefined) return `array[${one}]`;
  const item = String.raw`\(?${literal}\)?(?:::[\w ]+)?`;
  const [, list] =
    new RegExp(
      String.raw`^${column} = ANY \(+ARRAY\[(${item}(?:, ${item})*)\](?:\)?::[\w ]+\[\])?$`,
    ).exec(text) ?? [];
  return list === undefined ? null : `array[${list}]`;
}

function columnOf({ columns }: LayoutTable, number: number) {
  return columns.find((one) => one.number === number);
}
