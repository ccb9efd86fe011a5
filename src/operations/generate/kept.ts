import { type StoredRows, storedFrom, storedText } from '../../bulk/stored.ts';
import type { Copier } from '../../db/db.ts';
import { digest } from '../../kernel/digest.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import type { Keep, Standing, Step } from '../../run/load-kept.ts';

/** A load whose steps are committed; the database it writes to knows how far it came. */
export interface Kept {
  /** What an earlier run of the same call left; null at the first. */
  readonly stored: StoredRows | null;
  /** Has a session write beside the one that took the call up; the call is busy while it lives. */
  join(session: Copier): Promise<void>;
  /** Writes down what is going to be written, before any of it is. */
  begin(stored: StoredRows): Promise<void>;
  readonly keep: Keep;
  /** All is written: the next call begins anew. */
  end(): Promise<void>;
}

/** Takes up the call of that name and seed, or begins it. Throws `generate.busy` while another runs it. */
export async function openKept(call: readonly string[], sql: Copier): Promise<Kept> {
  const id = digest(call);
  await sql.query(TABLE);
  const [lock] = await sql.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as got', [
    `statewright:generate:${id}`,
  ]);
  if (lock?.['got'] !== true) {
    throw new StatewrightError('generate.busy', 'Another process is writing these very rows.', {
      hint: 'Wait for its end. Nothing was written by this one.',
    });
  }
  // What a killed process sent last may still be on its way to a commit.
  const joined = `statewright:generate:joined:${id}`;
  await sql.query('select pg_advisory_lock(hashtextextended($1, 0))', [joined]);
  await sql.query('select pg_advisory_unlock(hashtextextended($1, 0))', [joined]);
  const [row] = await sql.query('select rows, done from statewright.bulk where id = $1', [id]);
  return {
    stored: row ? storedFrom(String(row['rows'])) : null,
    join: async (session) => {
      await session.query('select pg_advisory_lock_shared(hashtextextended($1, 0))', [joined]);
    },
    begin: async (stored) => {
      const values = [id, storedText(stored)];
      await sql.query('insert into statewright.bulk (id, rows) values ($1, $2)', values);
    },
    keep: {
      done: standingIn((row?.['done'] ?? []) as readonly Saved[]),
      // Appended by the database: several sessions save at once, and each only what it commits.
      save: async (table, step, session) => {
        const entry: Saved = [table, step];
        await session.query('update statewright.bulk set done = done || $2::jsonb where id = $1', [
          id,
          JSON.stringify([entry]),
        ]);
      },
    },
    end: async () => {
      await sql.query('delete from statewright.bulk where id = $1', [id]);
    },
  };
}

/** A step that stands, with the oid of its table. */
type Saved = readonly [number, Step];

function standingIn(saved: readonly Saved[]): Keep['done'] {
  const found = new Map<number, Standing & { readonly steps: Set<number> }>();
  for (const [table, { from, left, settings }] of saved) {
    const known = found.get(table);
    if (known) known.steps.add(from);
    else found.set(table, { left, settings, steps: new Set([from]) });
  }
  return found;
}

const TABLE = `create schema if not exists statewright;
  create table if not exists statewright.bulk (id text primary key, rows text not null,
    done jsonb not null default '[]', begun_at timestamptz not null default now())`;
