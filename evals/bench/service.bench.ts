import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbedded } from '../../src/db/embedded.ts';
import { type Comparison, spread } from './measure.ts';

const MODEL = fileURLToPath(new URL('../../fixtures/lines/clinic/model.json', import.meta.url));
const SERVER = fileURLToPath(new URL('./service-server.ts', import.meta.url));
const CALLERS = 16;
const ROUND_MS = 1_000;
const ROUNDS = 15;

/**
 * A cached plan over HTTP beside a bare Hono route that sends the same bytes, taken in turns. Rates are by the
 * server's own processor time: callers that can't keep up with either would make them look alike.
 */
export async function serviceBench(): Promise<readonly Comparison[]> {
  const home = await mkdtemp(join(tmpdir(), 'statewright-bench-'));
  // PostgreSQL runs as another user when we are root.
  await chmod(home, 0o755);
  const database = await startEmbedded({ home });
  const child = fork(SERVER, [database.url, MODEL], { execArgv: ['--no-warnings'] });
  try {
    const [told] = (await once(child, 'message')) as [
      { ours: string; theirs: string; key: string },
    ];
    const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
    const rate = async (url: string) => {
      const before = await cpuSeconds(child);
      const done = await ask(url, { agent, key: told.key });
      return done / ((await cpuSeconds(child)) - before);
    };
    await rate(told.ours);
    await rate(told.theirs);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await rate(told.ours));
      theirs.push(await rate(told.theirs));
    }
    agent.destroy();
    return [
      {
        name: 'cached plans a second of the server’s processor',
        beside: 'a bare Hono route with the same bytes',
        unit: '/s',
        ours: spread(ours),
        theirs: spread(theirs),
        aim: 0.7,
      },
    ];
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await database.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function cpuSeconds(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage];
  return (user + system) / 1e6;
}

/** Asks for a round; how many answers came. */
async function ask(
  url: string,
  { agent, key }: { readonly agent: Agent; readonly key: string },
): Promise<number> {
  const until = performance.now() + ROUND_MS;
  let done = 0;
  const call = async (): Promise<void> => {
    while (performance.now() < until) {
      await fetched(url, { agent, key });
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return done;
}

function fetched(
  url: string,
  { agent, key }: { readonly agent: Agent; readonly key: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}` };
    const asked = get(url, { agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().on('end', resolve);
    });
    asked.on('error', reject);
  });
}
