import { LARGE_OBJECTS, type Sql } from './db.ts';
import { largeObjectsSql, removeLargeSql } from './large-objects.ts';

/** SQLSTATEs by which `statewright.restore` says that it did nothing, and why. */
export const refusals = { busy: 'SWB01', ddl: 'SWD01' } as const;

/** Settings, for one transaction, under which the same row always has the same text. */
export const fixedText = `
  set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'postgres', true),
  set_config('timezone', 'UTC', true), set_config('extra_float_digits', '1', true),
  set_config('bytea_output', 'hex', true)`;

/**
 * Installs the tables of a baseline, emptied, and the function that restores it: one call, one
 * transaction, under replica role, so that neither triggers nor foreign keys act.
 */
export async function installRestore(sql: Sql): Promise<void> {
  await sql.query(restoreSql);
}

/** Drops all of that, and schema `statewright` too if nothing else is in it. */
export async function removeRestore(sql: Sql): Promise<void> {
  await sql.query(removeSql);
}

const removeSql = `
  drop table if exists statewright.baseline, statewright.baseline_rows,
    statewright.baseline_sequences, statewright.baseline_shape, statewright.dirty;
  drop function if exists statewright.restore(boolean), statewright.others_at_work();
  ${removeLargeSql};
  do $$
  begin
    drop schema if exists statewright;
  exception when dependent_objects_still_exist then null;
  end $$`;

const restoreSql = `
  create table if not exists statewright.baseline (
    relation oid primary key,
    id text not null,
    keyed boolean not null,
    remove text not null,
    put text not null,
    differs text not null,
    gain text not null,
    loss text not null,
    take text not null,
    give text not null
  );
  create table if not exists statewright.baseline_rows (relation oid not null, image text not null);
  create index if not exists baseline_rows_relation on statewright.baseline_rows (relation);
  create table if not exists statewright.baseline_shape (digest char(64));
  create table if not exists statewright.baseline_sequences (relation oid, last int8, start int8);
  truncate statewright.baseline, statewright.baseline_rows, statewright.baseline_shape,
    statewright.baseline_sequences;

  ${largeObjectsSql};

  create or replace function statewright.others_at_work() returns text language sql as $$
    select string_agg(format('pid %s (%s): %s', a.pid, a.state, left(a.query, 60)), '; ')
    from pg_stat_activity a
    where a.datname = current_database() and a.pid <> pg_backend_pid()
      and a.backend_type = 'client backend' and a.state is distinct from 'idle'
  $$;

  create or replace function statewright.restore(sequences boolean) returns table (id text, differing bigint)
  language plpgsql as $$
  declare
    others text := statewright.others_at_work();
    marks oid[];
    large boolean := statewright.large_differing() > 0;
    target record;
  begin
    if others is not null then
      raise exception '%', others using errcode = '${refusals.busy}';
    end if;

    if sequences then
      perform setval(s.relation::regclass, coalesce(s.last, s.start), s.last is not null)
      from statewright.baseline_sequences s
      where pg_sequence_last_value(s.relation) is distinct from s.last;
    end if;

    with consumed as (delete from statewright.dirty returning relation)
    select array_agg(distinct coalesce(pg_partition_root(relation), relation)) into marks
    from consumed;
    if 0 = any (marks) then
      raise exception 'ddl' using errcode = '${refusals.ddl}';
    end if;
    if large then
      perform statewright.restore_large();
      id := '${LARGE_OBJECTS}';
      differing := statewright.large_differing();
      if differing > 0 then return next; end if;
    end if;
    if marks is null then return; end if;

    perform set_config('session_replication_role', 'replica', true),
      set_config('statewright.restoring', 'on', true),
      set_config('row_security', 'off', true),
      set_config('lock_timeout', '2s', true),
      ${fixedText};
    for target in select * from statewright.baseline b where b.relation = any (marks) loop
      execute target.remove;
      execute target.put;
    end loop;
    for target in select * from statewright.baseline b where b.relation = any (marks) loop
      execute target.differs into differing;
      id := target.id;
      if differing > 0 then return next; end if;
    end loop;
  end $$`;
