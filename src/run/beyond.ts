import type { Catalog, Sql, Table } from '../db/db.ts';
import { quoted } from '../kernel/sql-text.ts';
import { eachRow, type Image, type Made, readMade } from './made.ts';
import { tableName } from './quote.ts';
import type { Compared } from './run.ts';
import { undoRows } from './undo.ts';

interface Asked {
  /** The run whose sessions the app's are; what they write is written down. */
  readonly run: string;
  /** The last entry of before the app was asked. */
  readonly after: string;
  /** The table the route makes a row of. */
  readonly table: string;
  /** What the request said, every value of it. */
  readonly told: ReadonlySet<string>;
  readonly readCatalog: (sql: Sql) => Promise<Catalog>;
}

/**
 * What an app's route did beyond the plain insert of the row it makes. The row is taken away again, put in
 * by SQL with the very same values, and what is written then (by triggers) is told apart. Nothing stays.
 * Null where the app made no such row.
 */
export async function beyondInsert(
  sql: Sql,
  { run, after, table: id, told, readCatalog }: Asked,
): Promise<Omit<Compared, 'route' | 'status'> | null> {
  const table = (await readCatalog(sql)).tables.find((one) => one.id === id);
  const byApp = eventsOf(await readAlone(sql, run, after));
  const main = byApp.find((event) => event.table === id && event.does === 'insert');
  if (!table || !main) return null;
  await undoRows(sql, run, { readCatalog, after });
  const { events: byInsert, refused } = await insertedPlainly(sql, { run, table, row: main.row });
  const others = byApp.filter((event) => event !== main);
  const left = [...byInsert];
  const beyond = others.filter((event) => {
    const same = left.findIndex((one) => one.table === event.table && one.does === event.does);
    if (same >= 0) left.splice(same, 1);
    return same < 0;
  });
  return {
    row: { table: id, values: main.row },
    untold: Object.keys(main.row).filter((name) => !told.has(String(main.row[name]))),
    beyond,
    triggers: byInsert,
    refused,
  };
}

type Event = Compared['beyond'][number];

function eventsOf(made: readonly Made[]): Event[] {
  return made.toReversed().flatMap((entry) =>
    eachRow(entry).map(({ of, row }): Event => {
      const does = entry.kind === 'call' ? 'insert' : entry.kind;
      const image = does === 'adjust' ? ((row['new'] ?? {}) as Image) : row;
      const columns = of.columns ? { columns: [...of.columns] } : {};
      // The same JSON, to be read only.
      return { table: of.table, does, row: image as Event['row'], ...columns };
    }),
  );
}

async function readAlone(sql: Sql, run: string, after: string): Promise<Made[]> {
  await sql.query('begin');
  const made = await readMade(sql, run, after);
  await sql.query('commit');
  return made;
}

/** In a transaction that is taken back; the row itself is left out of what is written. */
async function insertedPlainly(
  sql: Sql,
  { run, table, row }: { run: string; table: Table; row: Image },
): Promise<{ events: Event[]; refused: string | null }> {
  const columns = table.columns.filter((column) => column.default.kind !== 'generated');
  const list = columns.map(({ name }) => quoted(name)).join(', ');
  const name = tableName(table);
  await sql.query('begin');
  try {
    await sql.query(`select set_config('statewright.run', $1, true)`, [`${run}/plain`]);
    await sql.query(
      `insert into ${name} (${list}) overriding system value
       select ${list} from jsonb_populate_record(null::${name}, $1::jsonb)`,
      [JSON.stringify(row)],
    );
    const events = eventsOf(await readMade(sql, `${run}/plain`));
    const own = events.findIndex((event) => event.table === table.id && event.does === 'insert');
    return { events: events.filter((_, index) => index !== own), refused: null };
  } catch (error) {
    return { events: [], refused: error instanceof Error ? error.message : String(error) };
  } finally {
    await sql.query('rollback');
  }
}
