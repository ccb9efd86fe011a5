import { StatewrightError } from '../kernel/errors.ts';
import type { State } from '../state/state.ts';

/** A table with a part of it (a partition, a table that inherits from it) that is a foreign table. */
export interface ForeignPart {
  readonly table: string;
  readonly part: string;
}

/** A scalar of those parts in the whole database, as JSON. */
export const foreignPartsSql = `(
  with recursive over(part, relid) as (
    select f.ftrelid, i.inhparent
    from pg_catalog.pg_foreign_table f join pg_catalog.pg_inherits i on i.inhrelid = f.ftrelid
    union
    select o.part, i.inhparent from over o join pg_catalog.pg_inherits i on i.inhrelid = o.relid
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'table', case when n.nspname = 'public' then t.relname else n.nspname || '.' || t.relname end,
    'part', o.part::regclass::text) order by o.part), '[]')
  from over o join pg_catalog.pg_class t on t.oid = o.relid
  join pg_catalog.pg_namespace n on n.oid = t.relnamespace)`;

/**
 * Throws `guard.foreign` where a state's rows may be sent on to another database by a foreign table: the
 * stamp speaks for this one alone.
 */
export function assertLocal({ steps }: State, foreign: readonly ForeignPart[]): void {
  if (foreign.length === 0) return;
  const tables = new Set(
    steps.flatMap((step) => {
      if (step.kind === 'statement') return step.rows.map(({ table }) => table);
      return step.kind === 'adjust' ? [step.table] : [];
    }),
  );
  const found = foreign.find(({ table }) => tables.has(table));
  if (found) throw foreignPart(found.table, found.part);
}

function foreignPart(table: string, part: string): StatewrightError {
  return new StatewrightError(
    'guard.foreign',
    `Rows of "${table}" may go to another server: "${part}", a part of it, is a foreign table. Nothing was written.`,
    {
      hint: 'Detach it in the test database (alter table … detach partition …, or no inherit), or put a table of its own in its place.',
      facts: { table, part },
      ending: 'refused',
    },
  );
}
