import type { Sql } from './db.ts';
import { fixedText } from './restore.ts';

/** Installs, beside the tables of a baseline, the captures (emptied) and the functions that take and replay one. */
export async function installCapture(sql: Sql): Promise<void> {
  await sql.query(captureSql);
}

/** Drops all of that. */
export async function removeCapture(sql: Sql): Promise<void> {
  await sql.query(`
    drop function if exists statewright.capture(text), statewright.replay(text);
    drop table if exists statewright.captured, statewright.captured_rows`);
}

/** Remembers the rows that tell the content from the baseline's, those that are gone included. */
export async function captureContent(sql: Sql, name: string): Promise<boolean> {
  const [row] = await sql.query('select statewright.capture($1) as done', [name], 'sw_capture');
  return row?.['done'] === true;
}

/** Makes the difference that was captured under that name, with the very rows it had then. */
export async function replayContent(sql: Sql, name: string): Promise<boolean> {
  const [row] = await sql.query('select statewright.replay($1) as done', [name], 'sw_replay');
  return row?.['done'] === true;
}

/**
 * Rows go in under replica role, for what triggers did is among them; the journal sees them like any other.
 * In a table without a key a row can't be told from its equals, so one that is gone can't be taken out again.
 */
const captureSql = `
  create table if not exists statewright.captured (name text primary key);
  create table if not exists statewright.captured_rows
    (name text not null, relation oid not null, gone boolean not null, image text not null);
  create index if not exists captured_rows_name on statewright.captured_rows (name, relation, gone);
  truncate statewright.captured, statewright.captured_rows;

  create or replace function statewright.capture(taken text) returns boolean language plpgsql as $$
  declare
    marks oid[];
    target record;
  begin
    if statewright.others_at_work() is not null or statewright.large_differing() > 0 then
      return false;
    end if;
    select array_agg(distinct coalesce(pg_partition_root(relation), relation)) into marks
    from statewright.dirty;
    if 0 = any (marks) then return false; end if;
    perform set_config('row_security', 'off', true), ${fixedText};
    delete from statewright.captured where name = taken;
    delete from statewright.captured_rows where name = taken;
    for target in select * from statewright.baseline b where b.relation = any (marks) loop
      execute target.gain using taken;
      execute target.loss using taken;
      if not target.keyed and exists (
        select from statewright.captured_rows c
        where c.name = taken and c.relation = target.relation and c.gone
      ) then
        return false;
      end if;
    end loop;
    insert into statewright.captured values (taken);
    return true;
  end $$;

  create or replace function statewright.replay(taken text) returns boolean language plpgsql as $$
  declare
    target record;
  begin
    if not exists (select from statewright.captured c where c.name = taken)
      or exists (select from statewright.dirty) or statewright.large_differing() > 0 then
      return false;
    end if;
    perform set_config('session_replication_role', 'replica', true),
      set_config('row_security', 'off', true),
      set_config('lock_timeout', '2s', true),
      ${fixedText};
    for target in
      select b.* from statewright.baseline b
      where b.relation in (select c.relation from statewright.captured_rows c where c.name = taken)
    loop
      execute target.take using taken;
      execute target.give using taken;
    end loop;
    return true;
  end $$`;
