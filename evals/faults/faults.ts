import { openSession } from '../../src/db/pg.ts';
import type { Hook } from './hook.ts';

/** What may happen to a statement. `dies`: it ends the process, so it strikes in one of its own. */
export interface Fault {
  readonly name: string;
  readonly dies: boolean;
  readonly strike: (url: string) => Hook;
}

/** PostgreSQL itself raises it, in place of the statement. */
function raised(name: string, code: string): Fault {
  const raise = `do $$ begin raise exception 'injected' using errcode = '${code}'; end $$`;
  return { name, dies: false, strike: () => (_, sql) => sql.query(raise) };
}

function killed(name: string, hook: Hook): Fault {
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

export const FAULTS: readonly Fault[] = [
  raised('disk full (53100)', '53100'),
  raised('lock timeout (55P03)', '55P03'),
  raised('serialization failure (40001)', '40001'),
  raised('deadlock (40P01)', '40P01'),
  raised('statement cancelled (57014)', '57014'),
  {
    name: 'connection cut',
    dies: false,
    strike: (url) => async (send, sql) => {
      const pid = await backendOf(sql);
      await using admin = await openSession(url);
      await admin.query('select pg_terminate_backend($1)', [pid]);
      return await send();
    },
  },
  {
    name: 'connection cut once it was done',
    dies: false,
    strike: (url) => async (send, sql) => {
      const pid = await backendOf(sql);
      await send();
      await using admin = await openSession(url);
      await admin.query('select pg_terminate_backend($1)', [pid]);
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
