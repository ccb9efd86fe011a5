import type { Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { State } from '../state/state.ts';

/** A table with a part of it (a partition, a table that inherits from it) that is a foreign table. */
export interface ForeignPart {
  readonly table: string;
  readonly part: string;
}

/** Those parts in the whole database. */
export async function foreignParts(sql: Sql): Promise<readonly ForeignPart[]> {
  const rows = await sql.query(FOREIGN);
  return rows.map(({ table, part }) => ({ table: String(table), part: String(part) }));
}

const FOREIGN = `
  with recursive over(part, relid) as (
    select f.ftrelid, i.inhparent
    from pg_catalog.pg_foreign_table f join pg_catalog.pg_inherits i on i.inhrelid = f.ftrelid
    union
    select o.part, i.inhparent from over o join pg_catalog.pg_inherits i on i.inhrelid = o.relid
  )
  select case when n.nspname = 'public' then t.relname else n.nspname || '.' || t.relname end as "table",
    o.part::regclass::text as part
  from over o join pg_catalog.pg_class t on t.oid = o.relid
  join pg_catalog.pg_namespace n on n.oid = t.relnamespace
  order by o.part`;

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
