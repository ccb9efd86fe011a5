import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, openSession } from '../../src/db/pg.ts';
import { type Left, leftIn } from '../load/left.ts';
import type { Fault, Place } from './faults.ts';
import { atStatement, type Hook, hooked } from './hook.ts';
import { openCommand } from './scene.ts';

/** Which command it strikes. */
export type During = 'up' | 'down';

export interface Struck {
  readonly fault: string;
  readonly place: string;
  readonly during: During;
  readonly at: number;
  /** Whether the command it struck ended as if nothing had happened. */
  readonly survived: boolean;
  /** What is left once the next command has swept; null where nothing is. */
  readonly left: Left | null;
}

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const undisturbed: Hook = (send) => send();

/** How many statements each command sends when nothing happens. */
export async function countStatements(place: Place): Promise<Record<During, number>> {
  const counting = async (work: (hook: Hook) => Promise<unknown>) => {
    const { hook, counter } = atStatement(Number.POSITIVE_INFINITY, undisturbed);
    await work(hook);
    return counter.seen;
  };
  let handle = '';
  return {
    up: await counting(async (hook) => {
      await using command = await openCommand(hooked(hook), place);
      handle = await command.up();
    }),
    down: await counting(async (hook) => {
      await using command = await openCommand(hooked(hook), place);
      await command.down(handle);
    }),
  };
}

interface Strike {
  readonly fault: Fault;
  readonly during: During;
  readonly at: number;
  /** Whether the next command sweeps. */
  readonly recovers?: boolean;
}

/** Injects a fault at the n-th statement of a command, lets the next one sweep, and looks what is left. */
export async function strikeAt(
  place: Place,
  { fault, during, at, recovers = true }: Strike,
): Promise<Struck> {
  await using own = await connect(place.database);
  const before = await own.checksums();
  const handle = during === 'down' ? await setUp(place) : '';
  const survived = fault.dies
    ? await inChild([fault.name, String(at), place.url, place.database, handle])
    : await here(place, { hook: atStatement(at, fault.strike(place)).hook, handle });
  await place.disk?.heal();
  await serving(place.url);
  if (recovers) await untilUp(() => recover(place));
  const left = await leftOver(place, before);
  return { fault: fault.name, place: place.name, during, at, survived, left };
}

/** What differs from before, in the tables, both ledgers and the databases; null where nothing does. */
export async function leftOver(
  place: Place,
  before: Readonly<Record<string, string>>,
): Promise<Left | null> {
  await using after = await connect(place.database);
  const left = await leftIn({ database: after, url: place.url }, before);
  const clean = left.tables.length + left.made + left.runs.length + left.databases.length === 0;
  return clean ? null : left;
}

async function setUp(place: Place): Promise<string> {
  await using command = await openCommand(hooked(undisturbed), place);
  return await command.up();
}

/** What it throws is its user's matter; that nothing is left is ours. */
async function here(
  place: Place,
  { hook, handle }: { hook: Hook; handle: string },
): Promise<boolean> {
  try {
    await using command = await openCommand(hooked(hook), place);
    await (handle ? command.down(handle) : command.up());
    return true;
  } catch {
    // The next command sweeps.
    return false;
  }
}

async function inChild(args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, ...args], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const [code] = await once(child, 'exit');
  return code === 0;
}

/** As the user would with `gc`, once every lease is over: in two places at once. */
export async function recover(place: Place): Promise<void> {
  await using command = await openCommand(hooked(undisturbed), place);
  await using other = await openCommand(hooked(undisturbed), place);
  await expireStanding(place);
  // A dead session's locks go when the server notices.
  for (let attempt = 0; attempt < 40; attempt++) {
    await Promise.all([command.sweep(), other.sweep()]);
    if ((await unclosed(place)) === 0) break;
    await sleep(50);
  }
}

/** A lease whose maker died just after it began stands until its time is up: here it is. */
async function expireStanding({ url }: Place): Promise<void> {
  await using admin = await openSession(url);
  await admin.query(
    `update statewright.run set expires_at = clock_timestamp() - interval '1 s' where state = 'open'`,
  );
}

async function unclosed({ url }: Place): Promise<number> {
  await using admin = await openSession(url);
  const [row] = await admin.query(
    `select count(*)::int as n from statewright.run where state <> 'closed'`,
  );
  return Number(row?.['n']);
}

function serving(url: string): Promise<void> {
  return untilUp(async () => {
    await using sql = await openSession(url);
    await sql.query('select 1');
  });
}

/** After a crash the server may still answer for a moment, and then recovers first: who comes then comes again. */
async function untilUp(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const ended =
        error instanceof Error && error.message === 'Connection terminated unexpectedly';
      const passes = ended || /^(db\.unreachable|57P0\d|ECONNRESET)$/.test(code);
      if (attempt === 100 || !passes) throw error;
      await sleep(100);
    }
  }
}
