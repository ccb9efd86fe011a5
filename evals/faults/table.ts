import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../../src/db/embedded.ts';
import { hold, release } from '../../src/db/holds.ts';
import { openSession } from '../../src/db/pg.ts';
import { APP_SCHEMA, appDeath, DEATHS } from './app-death.ts';
import { mayMount } from './disk.ts';
import { FAULTS, type Place } from './faults.ts';
import { onSmallServer, onSmallTablespace, prepared } from './places.ts';
import { countStatements, type During, type Struck, strikeAt } from './strike.ts';

interface Striking {
  /** Every which statement is struck, from the first on. */
  readonly step: number;
  /** Faults whose name has this in it. */
  readonly only?: string;
  readonly say: (line: string) => void;
}

/** Strikes both commands with every fault, in every place that it can strike. */
export async function faultTable(striking: Striking): Promise<readonly Struck[]> {
  const home = await mkdtemp(join(tmpdir(), 'statewright-faults-'));
  // PostgreSQL runs as somebody else where we are root, and has to get to its disk.
  await chmod(home, 0o755);
  const server = await startEmbedded({ home });
  const keep = async (until: string | null) => {
    await using admin = await openSession(server.url);
    // A crash of the server cuts the session by which it is known to be in use.
    if (until) await hold(admin, 'faults', until);
    else await release(admin, 'faults');
  };
  const struck: Struck[] = [];
  try {
    await keep('infinity');
    struck.push(...(await strikeAll(await prepared(server.url), striking)));
    const within = await prepared(server.url, { ledger: 'in the target' });
    struck.push(...(await strikeAll(within, striking)));
    struck.push(...(await killApps(server.url, striking)));
    if (mayMount && fills(striking)) {
      await using small = await onSmallTablespace(server.url, home);
      struck.push(...(await strikeAll(small, striking)));
      await using whole = await onSmallServer(home);
      struck.push(...(await strikeAll(whole, striking)));
    }
    return struck;
  } finally {
    await keep(null).catch(() => undefined);
    await server.stop().catch(() => undefined);
    await rm(home, { recursive: true, force: true });
  }
}

function faultsIn({ only = '' }: Striking, fills: boolean) {
  return FAULTS.filter((fault) => (fault.fills ?? false) === fills && fault.name.includes(only));
}

function fills(striking: Striking): boolean {
  return faultsIn(striking, true).length > 0;
}

async function strikeAll(place: Place, striking: Striking): Promise<Struck[]> {
  const faults = faultsIn(striking, place.disk !== null);
  if (faults.length === 0) return [];
  const { step, say } = striking;
  const statements = await countStatements(place);
  const struck: Struck[] = [];
  for (const [index, fault] of faults.entries()) {
    for (const during of ['up', 'down'] satisfies During[]) {
      for (const at of every(step, statements[during], index * 7)) {
        struck.push(await strikeAt(place, { fault, during, at }));
      }
    }
    say(`${fault.name}, ${place.name}: ${told(struck.filter((s) => s.fault === fault.name))}`);
  }
  return struck;
}

async function killApps(url: string, { step, only = '', say }: Striking): Promise<Struck[]> {
  if (!'kill -9 of the app'.includes(only)) return [];
  const struck: Struck[] = [];
  for (const [index, ledger] of (['elsewhere', 'in the target'] as const).entries()) {
    const place = await prepared(url, { ledger, schema: APP_SCHEMA });
    const deaths: Struck[] = [];
    for (const at of every(step, DEATHS, 2 + index * 7)) deaths.push(await appDeath(place, at));
    say(`kill -9 of the app, ${place.name}: ${told(deaths)}`);
    struck.push(...deaths);
  }
  return struck;
}

/** Every `step`-th of the numbers from 1 to `last`; `offset` so that not each time the same ones are left out. */
function every(step: number, last: number, offset: number): number[] {
  const all = Array.from({ length: last }, (_, index) => index + 1);
  return all.filter((at) => (at - 1) % step === offset % step);
}

function told(struck: readonly Struck[]): string {
  const left = struck.filter((item) => item.left !== null);
  return left.length === 0 ? 'nothing left' : JSON.stringify(left);
}

/** One line a fault and place, as the page beside the part has it. */
export function asMarkdown(struck: readonly Struck[]): string {
  const kinds = [...new Set(struck.map(({ fault, place }) => `${fault} | ${place}`))];
  const cell = (kind: string, during: During) => {
    const those = struck.filter(
      (item) => `${item.fault} | ${item.place}` === kind && item.during === during,
    );
    if (those.length === 0) return '–';
    const left = those.filter((item) => item.left !== null).length;
    const ended = those.filter(({ survived }) => !survived).length;
    return `${those.length} (${ended}): ${left === 0 ? 'nothing' : `left after ${left}`}`;
  };
  return [
    '| fault | place | left by `up` | left by `down` |',
    '| --- | --- | --- | --- |',
    ...kinds.map((kind) => `| ${kind} | ${cell(kind, 'up')} | ${cell(kind, 'down')} |`),
  ].join('\n');
}
