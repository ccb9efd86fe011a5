import type { Rows, TableJob } from '../bulk/bulk.ts';
import type { LayoutTable, Sql } from '../db/db.ts';
import { namesOf } from './outlook.ts';
import { unmetKey } from './refusal.ts';

/** Below this many rows the questions cost more than they save. */
const FEW = 10_000;

/**
 * Writes a table's rows inside the open transaction with its foreign keys checked once for all of them, by a
 * join, instead of row by row: where nothing but foreign keys sees its INSERTs, and the role may set
 * `session_replication_role`. Elsewhere just writes. Throws `generate.refused` for rows that point at none.
 */
export async function withKeysAtOnce(
  job: TableJob,
  sql: Sql,
  write: () => Promise<unknown>,
): Promise<void> {
  const keys = await silencedKeys(job, sql);
  await write();
  await assertMet(keys, { job, sql, kept: false });
}

/**
 * `withKeysAtOnce` of some rows of a table that goes on growing: `stage` writes them to the temporary table
 * of that name, from which they go on. `write` writes them at once where keys are checked row by row.
 */
export async function withStagedKeys(
  rows: Pick<Rows, 'job' | 'columns'>,
  sql: Sql,
  { stage, write }: { stage: (name: string) => Promise<unknown>; write: () => Promise<unknown> },
): Promise<void> {
  const { job, columns } = rows;
  const written = new Set(columns.map(({ number }) => number));
  const known = job.table.foreignKeys.every((key) => key.columns.every((one) => written.has(one)));
  const keys = known ? await silencedKeys(job, sql, STAGE) : [];
  if (keys.length === 0) {
    await write();
    return;
  }
  const names = namesOf(rows);
  await sql.query(`create temp table if not exists "statewright step" on commit drop as
    select ${names} from ${job.table.sql} limit 0`);
  await stage(STAGE);
  await sql.query(`insert into ${job.table.sql} (${names}) overriding system value
    select ${names} from ${STAGE}`);
  await assertMet(keys, { job, sql, kept: true });
}

const STAGE = 'pg_temp."statewright step"';

/** The keys to check once all is written, their triggers being silent from here on; none where they are not. */
async function silencedKeys(
  { table, count }: TableJob,
  sql: Sql,
  among?: string,
): Promise<readonly KeyCheck[]> {
  if (count < FEW || table.foreignKeys.length === 0) return [];
  const keys = await keysOf(table, sql, among);
  return keys.length > 0 && (await silenced(sql)) ? keys : [];
}

async function assertMet(
  keys: readonly KeyCheck[],
  { job, sql, kept }: { job: TableJob; sql: Sql; kept: boolean },
): Promise<void> {
  if (keys.length === 0) return;
  await sql.query('set local session_replication_role to default');
  // Whoever counted the table meanwhile saw no rows of ours: loops would be chosen for what looks empty.
  await sql.query('set local enable_nestloop to off');
  for (const key of keys) {
    const missing = await missingFor(key, sql);
    if (missing > 0) throw unmetKey(job, { key: key.name, missing, kept });
  }
  await sql.query('set local enable_nestloop to default');
}

interface KeyCheck {
  readonly name: string;
  /** Keeps others from taking away the rows that are pointed at, and says whether each key has one. */
  readonly held: string;
  /** Counts the rows that point at none. */
  readonly stray: string;
}

async function missingFor({ held, stray }: KeyCheck, sql: Sql): Promise<number> {
  const [all] = await sql.query(held);
  if (all?.['met'] === true) return 0;
  const [found] = await sql.query(stray);
  return Number(found?.['n']);
}

/** The foreign keys that an INSERT has checked, of the table's rows or those `among` others; none where anything else sees it, or they can't be asked about. */
async function keysOf(
  { oid }: LayoutTable,
  sql: Sql,
  among?: string,
): Promise<readonly KeyCheck[]> {
  const found = await sql.query(keysSql, [oid]);
  if (found.some((row) => row['plain'] !== true)) return [];
  return found.map((row) => {
    const [child, parent] = [`${among ?? row['child']} c`, `${row['parent']} p`];
    const { equal, given } = row;
    const pointedAt = `from ${parent} where exists (select from keys c where ${equal})`;
    return {
      name: String(row['name']),
      held: `with keys as materialized (select distinct ${row['columns']} from ${child} where ${given}),
        made as (select count(*) as n ${pointedAt} and p.xmin = pg_current_xact_id()::xid),
        others as (select ${pointedAt} and p.xmin <> pg_current_xact_id()::xid for key share)
        select (select count(*) from keys)
          = (select n from made) + (select count(*) from others) as met`,
      stray: `select count(*)::float8 as n from ${child} left join ${parent} on ${equal}
        where ${row['absent']} and (${given})`,
    };
  });
}

/** Triggers of the replica alone fire from here to the end of the transaction; false where the role may not. */
async function silenced(sql: Sql): Promise<boolean> {
  await sql.query('savepoint statewright_silence');
  try {
    await sql.query('set local session_replication_role to replica');
    await sql.query('release savepoint statewright_silence');
    return true;
  } catch {
    await sql.query('rollback to savepoint statewright_silence');
    return false;
  }
}

const named = (oid: string) => `(
  select case c.relkind when 'p' then '' else 'only ' end || c.oid::regclass::text
  from pg_class c where c.oid = ${oid})`;

/**
 * What an INSERT fires in the table and its partitions: a row for each foreign key, `plain` where a join can
 * stand for its triggers, and a row that is not for everything else.
 */
const keysSql = `
  with fired as (
    select distinct t.tgisinternal and k.contype = 'f' as keyed, k.conparentid <> 0 as copied, k.oid
    from pg_trigger t left join pg_constraint k on k.oid = t.tgconstraint
    where t.tgtype & 4 <> 0 and t.tgenabled <> 'D'
      and t.tgrelid in (select $1::oid union select relid from pg_partition_tree($1::oid::regclass))
  )
  select k.conname as name, ${named('k.conrelid')} as child, ${named('k.confrelid')} as parent,
    e.columns, e.equal, e.absent, e.given,
    coalesce(f.keyed and k.convalidated and k.conrelid = $1::oid and e.alike
      and not coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false)
      and has_table_privilege(k.conrelid, 'select') and has_table_privilege(k.confrelid, 'select')
      and has_table_privilege(k.confrelid, 'update') and not row_security_active(k.confrelid),
      false) as plain
  from fired f left join pg_constraint k on k.oid = f.oid
  left join lateral (
    select string_agg(format('p.%I operator(%I.%s) c.%I', p.attname, s.nspname, o.oprname, c.attname),
        ' and ') as equal,
      string_agg(format('c.%I', c.attname), ', ') as columns,
      string_agg(format('c.%I is not null', c.attname),
        case k.confmatchtype when 'f' then ' or ' else ' and ' end) as given,
      min(format('p.%I is null', p.attname)) as absent,
      bool_and(p.attcollation = c.attcollation) as alike
    from unnest(k.conkey, k.confkey, k.conpfeqop) u(own, theirs, operator)
    join pg_attribute c on c.attrelid = k.conrelid and c.attnum = u.own
    join pg_attribute p on p.attrelid = k.confrelid and p.attnum = u.theirs
    join pg_operator o on o.oid = u.operator join pg_namespace s on s.oid = o.oprnamespace
  ) e on true
  where not (f.keyed and f.copied) or f.keyed is null`;
