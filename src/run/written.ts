import { keyOf, type Sql, type Table } from '../db/db.ts';
import { literal, quoted } from '../kernel/sql-text.ts';
import { briefly } from './briefly.ts';
import { madeTableSql } from './made.ts';
import { tableName } from './quote.ts';

/**
 * Installs what writes down, in the row ledger, each row that a session of a run writes (its setting
 * `statewright.run` says of which): exact undoing of what an app did that was started with it. Other
 * sessions pay for one look at the setting a statement. Gives the tables where this role may not; throws `run.tableHeld`
 * where somebody keeps one locked.
 */
export async function installWritten(sql: Sql, tables: readonly Table[]): Promise<string[]> {
  await sql.query(`select pg_advisory_lock_shared(${NEEDED})`);
  await sql.query(
    `begin; select pg_advisory_xact_lock(${MAKING}); ${madeTableSql}; ${functionsSql}; commit`,
  );
  const without: string[] = [];
  for (const table of tables) {
    // One table at a time, so that no more than one is ever locked.
    const locking = { tables: [tableName(table)], alone: false, standing: UNWATCHED };
    if (!(await allowed(briefly(sql, triggersSql(table), locking)))) without.push(table.id);
  }
  return without;
}

const UNWATCHED = 'What the app writes there could not be written down, so nothing was begun.';

/** Takes it out again, unless another session that installed it is still there. Throws as `installWritten` does. */
export async function removeWritten(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_unlock_shared(${NEEDED})`);
  const [last] = await sql.query(`select pg_try_advisory_lock(${NEEDED}) as alone`);
  if (last?.['alone'] !== true) return;
  try {
    await takeOut(sql);
  } finally {
    await sql.query(`select pg_advisory_unlock(${NEEDED})`);
  }
}

async function takeOut(sql: Sql): Promise<void> {
  const left: string[] = [];
  for (const { name, text } of await sql.query(TRIGGERED)) {
    const locking = { tables: [String(name)], alone: true, standing: STAYS };
    if (!(await allowed(briefly(sql, String(text), locking)))) left.push(String(name));
  }
  // Where another role owns the table, triggers go with the function alone.
  const locking = { tables: left, alone: true, standing: STAYS };
  await briefly(sql, 'drop function if exists statewright.note_written() cascade', locking);
}

const STAYS =
  'Our triggers, which look at a setting and do nothing else now, stay until the next command or `statewright gc`.';

/** False where the role may not. */
async function allowed(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '42501')) throw error;
    return false;
  }
}

/** The tables with our triggers, and what drops those of each. */
const TRIGGERED = `
  select format('%I.%I', n.nspname, c.relname) as name,
    string_agg(format('drop trigger if exists %I on %I.%I', t.tgname, n.nspname, c.relname), '; ') as text
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where t.tgfoid = to_regprocedure('statewright.note_written()') and not t.tgisinternal
  group by n.nspname, c.relname`;

/** Held, shared, by every session that needs it. */
const NEEDED = `hashtextextended('statewright:written', 0)`;
const MAKING = `hashtextextended('statewright:written:making', 0)`;

function triggersSql(table: Table): string {
  const name = tableName(table);
  const args = [table.id, ...keyOf(table)].map(literal).join(', ');
  const call = `execute function statewright.note_written(${args})`;
  const trigger = (about: string, when: string) =>
    `create or replace trigger ${quoted(`statewright_written_${about}`)} ${when} on ${name}`;
  return `
    ${trigger('i', 'after insert')} referencing new table as fresh for each statement ${call};
    ${trigger('u', 'after update')} referencing old table as former new table as fresh
      for each statement ${call};
    ${trigger('d', 'after delete')} referencing old table as former for each statement ${call};
    ${trigger('t', 'before truncate')} for each statement ${call}`;
}

/**
 * Its first argument is the table's id, the others its key. Of a change the columns that differ are noted, row by row;
 * one of the key itself, or without a key, is a row gone and another made. Whatever the app's session has set, images
 * are written as ours read them.
 */
const functionsSql = `
  create or replace function statewright.note_written() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  set datestyle = 'ISO' set intervalstyle = 'postgres' set extra_float_digits = 1 as $$
  #variable_conflict use_variable
  declare
    of text := current_setting('statewright.run', true);
    shape jsonb := jsonb_build_object('table', TG_ARGV[0]);
    keys text[] := case when TG_NARGS > 1 then TG_ARGV[1:TG_NARGS - 1] else '{}' end;
  begin
    if coalesce(of, '') = '' then return null; end if;
    if TG_OP = 'INSERT' then
      insert into statewright.made (run, kind, shape, rows)
      select of, 'insert', jsonb_build_array(shape || jsonb_build_object('count', count(*))),
        json_agg(to_json(f.*))
      from fresh f having count(*) > 0;
    elsif TG_OP = 'DELETE' then
      insert into statewright.made (run, kind, shape, rows)
      select of, 'delete', jsonb_build_array(shape || jsonb_build_object('count', count(*))),
        json_agg(to_json(f.*))
      from former f having count(*) > 0;
    elsif TG_OP = 'TRUNCATE' then
      execute format('insert into statewright.made (run, kind, shape, rows)
        select $1, ''delete'', jsonb_build_array($2 || jsonb_build_object(''count'', count(*))),
          json_agg(to_json(f.*)) from %s %s f having count(*) > 0',
        case when exists (select from pg_partitioned_table p where p.partrelid = TG_RELID) then '' else 'only' end,
        TG_RELID::regclass) using of, shape;
    else
      with
        o as (
          select (select jsonb_agg(to_jsonb(x.*) -> its.key) from unnest(keys) its (key)) as key,
            to_json(x.*) as image
          from former x),
        n as (
          select (select jsonb_agg(to_jsonb(x.*) -> its.key) from unnest(keys) its (key)) as key,
            to_json(x.*) as image
          from fresh x),
        changed as (
          insert into statewright.made (run, kind, shape, rows)
          select of, 'adjust', jsonb_build_array(shape || jsonb_build_object(
              'count', 1, 'key', to_jsonb(keys), 'columns', c.columns)),
            json_build_array(json_build_object('old', o.image, 'new', n.image))
          from o join n on o.key = n.key, lateral (
            select jsonb_agg(e.key) as columns from jsonb_each(o.image::jsonb) e
            where e.value is distinct from n.image::jsonb -> e.key and not exists (
              select from pg_attribute a
              where a.attrelid = TG_RELID and a.attname = e.key and a.attgenerated <> '')) c
          where c.columns is not null),
        gone as (
          insert into statewright.made (run, kind, shape, rows)
          select of, 'delete', jsonb_build_array(shape || jsonb_build_object('count', count(*))),
            json_agg(o.image)
          from o where not exists (select from n where n.key = o.key) having count(*) > 0)
      insert into statewright.made (run, kind, shape, rows)
      select of, 'insert', jsonb_build_array(shape || jsonb_build_object('count', count(*))),
        json_agg(n.image)
      from n where not exists (select from o where o.key = n.key) having count(*) > 0;
    end if;
    return null;
  end $$`;
