import type { Database } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { State } from '../state/state.ts';

/** What a role has to be allowed on a table: of `insert` and `update` some columns are enough. */
interface Need {
  readonly table: string;
  readonly rights: readonly string[];
}

/** What a database was found to allow: states that were asked about whole, and single needs. */
interface Allowed {
  readonly states: WeakSet<State>;
  readonly needs: Set<string>;
}

const allowed = new WeakMap<object, Allowed>();

/**
 * Throws `run.notAllowed` where the role lacks a right that setting the state up needs, or taking it down again: what
 * it may make and not remove would stay. The database is asked once about each table.
 */
export async function assertRights(
  state: State,
  database: Pick<Database, 'session'>,
): Promise<void> {
  const known = allowed.get(database) ?? { states: new WeakSet(), needs: new Set() };
  if (known.states.has(state)) return;
  const asked = needsOf(state).filter((need) => !known.needs.has(JSON.stringify(need)));
  const lacking =
    asked.length === 0
      ? []
      : await database.session((sql) => sql.query(RIGHTS, [JSON.stringify(asked)]));
  if (lacking.length > 0) {
    throw notAllowed(
      lacking.map((row) => ({
        table: String(row['table']),
        right: String(row['right']),
        role: String(row['role']),
      })),
    );
  }
  for (const need of asked) known.needs.add(JSON.stringify(need));
  known.states.add(state);
  allowed.set(database, known);
}

function needsOf({ steps }: State): Need[] {
  const needs = new Map<string, Set<string>>();
  const add = (table: string, ...rights: string[]) => {
    const those = needs.get(table) ?? new Set();
    for (const right of rights) those.add(right);
    needs.set(table, those);
  };
  for (const step of steps) {
    if (step.kind === 'statement') {
      // Teardown locks a row before it takes it away.
      for (const { table } of step.rows) add(table, 'select', 'insert', 'update', 'delete');
    } else if (step.kind === 'adjust') add(step.table, 'select', 'update');
    else if (step.kind === 'match') add(step.table, 'select');
  }
  return [...needs].map(([table, rights]) => ({ table, rights: [...rights] }));
}

/**
 * Teardown looks through the tables that refer to those it deletes from. Row security without a policy that lets a role
 * see or delete rows of ours is as good as no right to.
 */
const RIGHTS = `
  with named as (
    select c.oid, case when n.nspname = 'public' then c.relname::text else n.nspname || '.' || c.relname end as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p')
  ), own as (
    select named.oid, need.value -> 'rights' as rights
    from jsonb_array_elements($1::jsonb) need join named on named.name = need.value ->> 'table'
  ), needs as (
    select oid, rights, true as own from own
    union
    select k.conrelid, '["select", "update", "delete"]', false
    from own join pg_constraint k on k.confrelid = own.oid and k.contype = 'f' and k.conparentid = 0
    where own.rights ? 'delete' and k.conrelid not in (select oid from own)
  )
  select named.name as table, r.name as right, current_user::text as role
  from needs join named using (oid) join pg_class c using (oid)
  cross join lateral jsonb_array_elements_text(needs.rights) r(name)
  where not has_schema_privilege(c.relnamespace, 'usage') or not case
      when r.name in ('insert', 'update') then has_any_column_privilege(c.oid, r.name)
      when r.name = 'select' then has_table_privilege(c.oid, r.name) or not exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and not has_column_privilege(c.oid, a.attnum, 'select'))
      else has_table_privilege(c.oid, r.name) end
    or needs.own and row_security_active(c.oid) and not exists (
      select from pg_policy p where p.polrelid = c.oid and p.polpermissive
        and (p.polcmd = '*' or p.polcmd = case r.name
          when 'select' then 'r' when 'insert' then 'a' when 'update' then 'w' else 'd' end)
        and exists (select from unnest(p.polroles) member
          where member = 0 or pg_has_role(member, 'usage')))
  order by 1, 2`;

interface Lack {
  readonly table: string;
  readonly right: string;
  readonly role: string;
}

export const GRANT_IT =
  'Grant it what src/run/README.md lists (The guard), or give the URL of a role that has it.';

function notAllowed(lacking: readonly Lack[]): StatewrightError {
  const told = lacking.map(({ table, right }) => `${right} on ${table}`).join(', ');
  return new StatewrightError(
    'run.notAllowed',
    `Role "${lacking[0]?.role}" has no right, or no policy of row security, for ${told}. Nothing was written.`,
    {
      hint: GRANT_IT,
      facts: { lacking: lacking.map(({ table, right }) => ({ table, right })) },
      ending: 'refused',
    },
  );
}
