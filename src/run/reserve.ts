import { randomBytes } from 'node:crypto';
import type { Session } from '../db/db.ts';
import { runKey } from './lease.ts';

const processId = BigInt(`0x${randomBytes(5).toString('hex')}`).toString(36);
let count = 0;

/** Keeps runs of all processes apart; short, because it goes into unique values. */
export function newRunId(): string {
  return `r${processId}${(count++).toString(36)}`;
}

/** Runs to come in one database: in the ledger and locked before anybody asks for them. */
export interface Reserve {
  /** A run that is committed to the ledger, with the rows it may leave in the database. */
  next(): Promise<string>;
  /** Strikes those that were not asked for. */
  end(): Promise<void>;
}

export interface Reserving {
  readonly database: string;
  /** What can be done about runs to come while the server writes them down. */
  readonly meanwhile: (id: string) => void;
}

const MOST = 32;
/** A session that answered so lately still has its locks; after that it is asked again. */
const FRESH_MS = 1_000;

/**
 * One statement writes down and locks several runs, each time twice as many, so that a lone set-up
 * reserves nothing and thousands hardly ever wait for the ledger's commit.
 */
export function openReserve(sql: Session, { database, meanwhile }: Reserving): Reserve {
  const ready: string[] = [];
  let size = 1;
  let answeredAt = 0;
  let filling: Promise<void> | null = null;
  const fill = async () => {
    const ids = Array.from({ length: size }, newRunId);
    const sent = performance.now();
    const written = sql.query(RESERVE, [ids, database], 'sw_reserve');
    for (const id of ids) meanwhile(id);
    await written;
    answeredAt = sent;
    ready.push(...ids);
    size = Math.min(size * 2, MOST);
  };
  const filled = () => (filling ??= fill().finally(() => (filling = null)));
  return {
    async next() {
      for (;;) {
        if (ready.length > 0 && !(sql.alive() && performance.now() - answeredAt < FRESH_MS)) {
          const sent = performance.now();
          await sql.query('select', [], 'sw_pulse');
          answeredAt = sent;
        }
        const id = ready.shift();
        if (id !== undefined) {
          // Who fails to fill it in the background fails again when it is empty, and says so.
          if (size > 2 && ready.length < size / 4) void filled().catch(() => undefined);
          return id;
        }
        await filled();
      }
    },
    async end() {
      await filling?.catch(() => undefined);
      const ids = ready.splice(0);
      if (ids.length > 0) await sql.query(UNRESERVE, [ids]);
    },
  };
}

/** A held run is as good as open: its lock alone tells whether it stands. */
const RESERVE = `
  with ids as (select unnest($1::text[]) as id),
    locks as (select id, pg_try_advisory_lock(${runKey.replace('$1', 'id')}) from ids),
    runs as (
      insert into statewright.run (id, plan, environment, hold, state)
      select id, '', '', 'held', 'open' from locks)
  insert into statewright.resource (run, kind, name) select id, 'rows', $2 from ids`;

const UNRESERVE = 'delete from statewright.run where id = any ($1)';
