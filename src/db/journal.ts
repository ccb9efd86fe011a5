import { applicationTables } from './catalog/queries.ts';
import type { Sql } from './db.ts';

/**
 * Installs what marks a table dirty the moment something writes to it: statement triggers, fired in every
 * replication role, and an event trigger for DDL where we may make one. Marks are only ever added
 * (relation 0 stands for DDL), so the application's transactions never wait for or conflict with each
 * other over them; one that rolls back takes its marks along. Returns whether DDL is seen.
 */
export async function installJournal(sql: Sql): Promise<boolean> {
  const [user] = await sql.query('select usesuper from pg_user where usename = current_user');
  const seesDdl = user?.['usesuper'] === true;
  if (seesDdl) await sql.query(removeDdlTrigger);
  await sql.query(journalSql);
  if (seesDdl) await sql.query(ddlTriggerSql);
  return seesDdl;
}

/** Takes the triggers away again. */
export async function removeJournal(sql: Sql): Promise<void> {
  const [user] = await sql.query('select usesuper from pg_user where usename = current_user');
  if (user?.['usesuper'] === true) await sql.query(removeDdlTrigger);
  await sql.query(`
    drop function if exists statewright.mark_dirty() cascade;
    drop function if exists statewright.mark_ddl();
    drop function if exists statewright.mark_drop()`);
}

const journalSql = `
  create schema if not exists statewright;
  create table if not exists statewright.dirty (relation oid not null);

  create or replace function statewright.mark_dirty() returns trigger
  language plpgsql security definer as $$
  begin
    if current_setting('statewright.restoring', true) is distinct from 'on' then
      insert into statewright.dirty values (TG_RELID);
    end if;
    return null;
  end $$;

  do $$
  declare target record;
  begin
    for target in
      select c.oid::regclass as name from (${applicationTables}) c
      union all
      select p.relid from (${applicationTables}) c, pg_partition_tree(c.oid) p where p.level > 0
    loop
      execute format(
        'create or replace trigger statewright_dirty
           after insert or update or delete or truncate on %s
           for each statement execute function statewright.mark_dirty()', target.name);
      execute format('alter table %s enable always trigger statewright_dirty', target.name);
    end loop;
  end $$;

  delete from statewright.dirty`;

const removeDdlTrigger = `
  drop event trigger if exists statewright_ddl;
  drop event trigger if exists statewright_drop`;

/** Temporary objects and our own schema are no change of the application's. */
const ddlTriggerSql = `
  create or replace function statewright.mark_ddl() returns event_trigger
  language plpgsql security definer as $$
  begin
    if exists (
      select from pg_event_trigger_ddl_commands()
      where schema_name is null or schema_name not in ('pg_temp', 'statewright')
    ) then
      insert into statewright.dirty values (0);
    end if;
  end $$;

  create or replace function statewright.mark_drop() returns event_trigger
  language plpgsql security definer as $$
  begin
    if exists (
      select from pg_event_trigger_dropped_objects()
      where not is_temporary and schema_name is distinct from 'statewright'
        and object_type not in ('schema') or object_type = 'schema' and object_name !~ '^pg_temp'
    ) then
      insert into statewright.dirty values (0);
    end if;
  end $$;

  create event trigger statewright_ddl on ddl_command_end execute function statewright.mark_ddl();
  create event trigger statewright_drop on sql_drop execute function statewright.mark_drop();
  alter event trigger statewright_ddl enable always;
  alter event trigger statewright_drop enable always`;
