import { openSession } from '../../src/db/pg.ts';
import type { Disk } from './disk.ts';
import type { Hook } from './hook.ts';
import { interfere } from './interfere.ts';

export interface Place {
  readonly name: string;
  /** The database the control ledger is in. */
  readonly url: string;
  /** The database states are set up in. */
  readonly database: string;
  /** What they are kept on, where it can be filled; null elsewhere. */
  readonly disk: Disk | null;
}

/** What may happen to a statement. `dies`: it ends or bends the process, so it strikes in one of its own. */
export interface Fault {
  readonly name: string;
  readonly dies: boolean;
  /** Whether it strikes places with a small disk, and no others. */
  readonly fills?: boolean;
  readonly strike: (place: Place) => Hook;
}

/** PostgreSQL itself raises it, in place of the statement. */
function raised(name: string, code: string): Fault {
  const raise = `do $$ begin raise exception 'injected' using errcode = '${code}'; end $$`;
  return { name, dies: false, strike: () => (_, sql) => sql.query(raise) };
}

function killed(name: string, hook: Hook): Fault {
  return { name, dies: true, strike: () => hook };
}

/** The process's own clock is years off from here on; PostgreSQL's is not. */
function jumped(name: string, years: number): Fault {
  const hook: Hook = (send) => {
    const now = Date.now;
    Date.now = () => now() + years * 365 * 86_400_000;
    return send();
  };
  return { name, dies: true, strike: () => hook };
}

async function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

async function backendOf(sql: Parameters<Hook>[1]): Promise<number> {
  const [row] = await sql.query('select pg_backend_pid() as pid');
  return Number(row?.['pid']);
}

async function cut(url: string, pid: number): Promise<void> {
  await using admin = await openSession(url);
  await admin.query('select pg_terminate_backend($1)', [pid]);
}

export const FAULTS: readonly Fault[] = [
  raised('disk full (53100)', '53100'),
  raised('lock timeout (55P03)', '55P03'),
  raised('serialization failure (40001)', '40001'),
  raised('deadlock (40P01)', '40P01'),
  raised('statement cancelled (57014)', '57014'),
  {
    name: 'a disk that is full',
    dies: false,
    fills: true,
    strike:
      ({ disk }) =>
      async (send) => {
        await disk?.fill();
        return await send();
      },
  },
  {
    name: 'connection cut',
    dies: false,
    strike:
      ({ url }) =>
      async (send, sql) => {
        await cut(url, await backendOf(sql));
        return await send();
      },
  },
  {
    name: 'connection cut once it was done',
    dies: false,
    strike:
      ({ url }) =>
      async (send, sql) => {
        const pid = await backendOf(sql);
        await send();
        await cut(url, pid);
        throw new Error('the answer never came');
      },
  },
  {
    name: 'kill -9 of PostgreSQL',
    dies: false,
    strike: () => async (send, sql) => {
      process.kill(await backendOf(sql), 'SIGKILL');
      return send();
    },
  },
  {
    name: '`down` and a sweep by somebody else at that moment',
    dies: false,
    strike: (place) => async (send) => {
      await interfere(place);
      return await send();
    },
  },
  jumped('our clock jumps ten years ahead', 10),
  jumped('our clock jumps ten years back', -10),
  killed('kill -9 of us, before it is sent', die),
  killed('kill -9 of us, once it was sent', (send) => {
    void send().catch(() => undefined);
    setImmediate(() => void die());
    return new Promise(() => undefined);
  }),
  killed('kill -9 of us, once it was done', async (send) => {
    await send();
    return die();
  }),
];
