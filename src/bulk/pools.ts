import { type Copier, type LayoutColumn, type LayoutTable, tried } from '../db/db.ts';
import { literal } from '../kernel/sql-text.ts';
import type { Pool } from './bulk.ts';
import { candidateOf, type Tried } from './candidates.ts';
import { definitionIn } from './check-hints.ts';
import { lineOf } from './copy-text.ts';
import { cannot, typeText } from './judge.ts';
import { baseOf, type Types } from './literal.ts';
import { drawAt, keyOf } from './random.ts';

const ENOUGH = 512;
const BATCH = 4000;
const ROUNDS = 40;
/** So many rounds in a row without a value that is new say that there is none. */
const BARREN = 6;
/** A row of the pool, by a name that no column has: a column of the same name would be meant instead. */
const ONE = '"statewright one"';

export interface Component {
  readonly table: LayoutTable;
  readonly columns: readonly Tried[];
  readonly checks: readonly { readonly name: string; readonly sql: string }[];
  /** The columns a unique key speaks of: no two tuples may have the same. */
  readonly unique: readonly LayoutColumn[];
  /** How many tuples are wanted where each row takes its own. */
  readonly wanted: number;
  /** How many more there may be. */
  readonly spare: number;
  /** Whether the table has rows: what they have is taken. */
  readonly begun: boolean;
}

/** Tuples that the database says keep a component's CHECKs, the same ones in the same order every time. */
export async function poolOf(
  component: Component,
  { sql, types, seed }: { sql: Copier; types: Types; seed: string },
): Promise<Pool> {
  const { columns, table, unique, wanted } = component;
  const names = columns.map(({ column }) => column.sql);
  const key = keyOf(seed, table.sql, ...names, 'pool');
  const keyed = unique.length > 0;
  const goal = keyed ? wanted + component.spare : ENOUGH;
  const tuples: (readonly (string | null)[])[] = [];
  const seen = new Set<string>();
  await prepare(component, sql, types);
  const taken = component.begun
    ? unique.map(
        ({ sql: name }) =>
          `and not exists (select from ${table.sql} there where there.${name} = ${ONE}.${name})`,
      )
    : [];
  let barren = 0;
  for (let round = 0; round < ROUNDS && tuples.length < goal && barren < BARREN; round++) {
    const before = tuples.length;
    await sql.query('truncate pg_temp."statewright raw", pg_temp."statewright pool"');
    await sql.copyIn(
      'copy pg_temp."statewright raw" from stdin',
      lines(component, types, { key, round }),
    );
    await sql.query(castSql(component, types));
    await derive(component, sql);
    const kept =
      await sql.query(`select array[${names.map((name) => `${name}::text`).join(', ')}] as tuple
      from pg_temp."statewright pool" ${ONE} where pg_temp."statewright fits"(${ONE}) ${taken.join(' ')} order by "statewright row"`);
    for (const row of kept) {
      const tuple = row['tuple'] as (string | null)[];
      if (keyed && !isNew(tuple, component, seen)) continue;
      if (tuples.length < goal) tuples.push(tuple);
    }
    barren = keyed && before > 0 && tuples.length === before ? barren + 1 : 0;
  }
  await sql.query('drop table pg_temp."statewright raw", pg_temp."statewright pool" cascade');
  if (tuples.length < (keyed ? wanted : 1)) {
    throw cannot(
      table,
      component.checks.map(({ name }) => name),
      wanted - tuples.length,
    );
  }
  return { columns: columns.map(({ column }) => column.number), tuples, keyed };
}

function isNew(
  tuple: readonly (string | null)[],
  component: Component,
  seen: Set<string>,
): boolean {
  const told = component.unique.map((column) => {
    const at = component.columns.findIndex((tried) => tried.column.number === column.number);
    return tuple[at]?.toLowerCase() ?? null;
  });
  const name = JSON.stringify(told);
  if (told.includes(null)) return true;
  if (seen.has(name)) return false;
  seen.add(name);
  return true;
}

async function prepare({ columns, checks }: Component, sql: Copier, types: Types): Promise<void> {
  const raw = columns.map(({ column }) => `${column.sql} text`).join(', ');
  const typed = columns.map(({ column }) => `${column.sql} ${typeText(column, types)}`).join(', ');
  const all = checks.map((check) => `coalesce((${check.sql}), true)`).join(' and ');
  await sql.query(`
    drop table if exists pg_temp."statewright raw", pg_temp."statewright pool" cascade;
    create temp table "statewright raw" ("statewright row" int, ${raw});
    create temp table "statewright pool" ("statewright row" int, ${typed});
    create or replace function pg_temp."statewright fits"(r pg_temp."statewright pool")
    returns boolean language plpgsql as $sw$ #variable_conflict use_column
    begin
      return (select ${all || 'true'} from (select r.*) tried);
    exception when others then return false;
    end $sw$`);
}

/** Only what reads as its type goes on; a server before PostgreSQL 16 has to take our word for it. */
function castSql({ columns }: Component, types: Types): string {
  const cast = columns.map(({ column }) => `${column.sql}::${declared(column, types)}`).join(', ');
  const valid = columns
    .map(({ column }) => {
      const type = literal(declared(column, types));
      return `(${column.sql} is null or pg_input_is_valid(${column.sql}, ${type}))`;
    })
    .join(' and ');
  return `do $sw$ #variable_conflict use_column begin
    if current_setting('server_version_num')::int >= 160000 then
      insert into pg_temp."statewright pool" select "statewright row", ${cast}
        from pg_temp."statewright raw" where ${valid} order by 1;
    else
      insert into pg_temp."statewright pool" select "statewright row", ${cast}
        from pg_temp."statewright raw" order by 1;
    end if;
  end $sw$`;
}

/** The base type with the length and scale that a cast applies. */
function declared(column: LayoutColumn, types: Types): string {
  const { typmod } = column;
  const plain = typeText(column, types);
  if (plain === 'numeric' && typmod >= 4) {
    const packed = typmod - 4;
    return `numeric(${packed >> 16}, ${((packed & 0x7ff) ^ 1024) - 1024})`;
  }
  return plain;
}

/** Columns that a CHECK defines take what it says; one that depends on another comes second. */
async function derive({ checks, columns }: Component, sql: Copier): Promise<void> {
  const names = columns.map(({ column }) => column.sql);
  const definitions = checks.flatMap((check) => definitionIn(check.sql, names) ?? []);
  for (let pass = 0; pass < Math.min(2, definitions.length); pass++) {
    for (const { column, expression } of definitions) {
      const update = `update pg_temp."statewright pool" set ${column} = (${expression})`;
      await tried(sql, () => sql.query(update), []);
    }
  }
}

function* lines(
  { columns }: Component,
  types: Types,
  { key, round }: { key: ReturnType<typeof keyOf>; round: number },
): Generator<string> {
  for (let at = 0; at < BATCH; at++) {
    const number = round * BATCH + at;
    const draw = drawAt(key, number);
    const day = draw.int(600);
    const cells: (string | null)[] = [];
    for (const tried of columns) {
      const own = candidateOf(tried, types, { draw, day });
      const others = cells.filter((_, at) => isAlike(columns[at], tried, types));
      cells.push(others.length > 0 && draw.int(3) === 0 ? draw.pick(others) : own);
    }
    yield lineOf(cells, number);
  }
}

/** Of addresses drawn apart none is in another's network, which is what CHECKs ask of two. */
function isAlike(one: Tried | undefined, other: Tried, types: Types): boolean {
  const names = [one, other].map((tried) => tried && baseOf(tried.column, types).base.name);
  return names.every((name) => name === 'inet' || name === 'cidr');
}
