import { type StoredRows, storedFrom, storedText } from '../../bulk/stored.ts';
import type { Copier } from '../../db/db.ts';
import { digest } from '../../kernel/digest.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import type { Keep, Progress } from '../../run/load.ts';

/** A load whose steps are committed; the database it writes to knows how far it came. */
export interface Kept {
  /** What an earlier run of the same call left; null at the first. */
  readonly stored: StoredRows | null;
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
  const [row] = await sql.query('select rows, done from statewright.bulk where id = $1', [id]);
  const done = new Map<number, Progress>((row?.['done'] as [number, Progress][] | undefined) ?? []);
  const update = async () => {
    const text = JSON.stringify([...done]);
    await sql.query('update statewright.bulk set done = $2 where id = $1', [id, text]);
  };
  return {
    stored: row ? storedFrom(String(row['rows'])) : null,
    begin: async (stored) => {
      const values = [id, storedText(stored)];
      await sql.query('insert into statewright.bulk (id, rows) values ($1, $2)', values);
    },
    keep: {
      done,
      save: async (table, progress) => {
        done.set(table, progress);
        await update();
      },
    },
    end: async () => {
      await sql.query('delete from statewright.bulk where id = $1', [id]);
    },
  };
}

const TABLE = `create schema if not exists statewright;
  create table if not exists statewright.bulk (id text primary key, rows text not null,
    done jsonb not null default '[]', begun_at timestamptz not null default now())`;
