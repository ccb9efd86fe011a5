import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect } from '../../../src/db/pg.ts';
import { random } from '../../../src/kernel/seed.ts';
import { type Desk, openDesk } from '../../setup/cli.ts';
import { isListening, leftBehind, NOTHING } from '../../setup/left-behind.ts';
import { endProcesses, processesOf } from '../../setup/processes.ts';

// Each command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const SLOT_FULL = 'POST /desk/appointments › slot_full';
/** `KILLS=10` for the long way. */
const KILLS = Number(process.env['KILLS'] ?? 2);
const LONG = 120_000 + KILLS * 120_000;
const SEED = process.env['KILL_SEED'] ?? 'clinic';

const isApp = (command: string) => /^\S*node src\/(server|migrate)\.ts$/.test(command);

describe.skipIf(process.platform !== 'linux')('killed with -9 in the middle of `prove`', () => {
  let desk: ReturnType<typeof openDesk>;
  let clinic: string;
  /** How long the part takes that makes things, when nobody interferes. */
  let usual: number;
  beforeAll(async () => {
    desk = openDesk();
    clinic = desk.checkout('clinic');
    const { said, ended } = desk.start(['prove', clinic]);
    await said('plan: ');
    const began = performance.now();
    expect(await ended).toMatchObject({ code: 0 });
    usual = performance.now() - began;
  }, 240_000);
  afterAll(() => desk.close());

  /** From the moment that reading is over to the usual end. */
  const moments = (what: string, count: number) =>
    Array.from({ length: count }, (_, index) => (random(SEED, what, index) / 2 ** 32) * usual);

  /** In the middle: a run that is over by then is tried again, earlier. */
  const killCli = async (moment: number, lease: string | null): Promise<void> => {
    const { child, said, ended } = desk.start(['prove', clinic]);
    await said('plan: ');
    await pause(moment);
    if (child.exitCode !== null) return killCli(moment / 2, lease);
    const ports = portsIn(desk);
    child.kill('SIGKILL');
    await ended;
    await clear(desk, { lease, ports, when: `killed after ${Math.round(moment)} ms` });
  };

  const killApp = async (moment: number): Promise<void> => {
    const { child, said, ended } = desk.start(['prove', clinic]);
    await said('plan: ');
    await pause(moment);
    const apps = await untilSome(
      () => processesOf(desk.folder).filter(({ command }) => isApp(command)),
      () => child.exitCode !== null,
    );
    const ports = portsIn(desk);
    endProcesses(apps);
    const { code, stderr } = await ended;
    if (apps.length === 0) return killApp(moment / 2);
    // The run goes on without it, or could not start it.
    expect([0, 1, 2], stderr).toContain(code);
    if (code === 2) expect(stderr).toMatch(/app\.(exited|migrateFailed)|guard\./);
    const when = `${apps.length} of the app killed after ${Math.round(moment)} ms, code ${code}`;
    await clear(desk, { lease: null, ports, when });
  };

  test(
    'the command line leaves nothing after the next command',
    async () => {
      for (const moment of moments('cli', Math.floor(KILLS / 2))) await killCli(moment, null);
    },
    LONG,
  );

  test(
    'nor does it beside a standing lease, which is untouched',
    async () => {
      const lease = await standing(desk, clinic);
      for (const moment of moments('leased', Math.ceil(KILLS / 2))) await killCli(moment, lease.id);
      await lease.untouched();
      await lease.down();
      await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
    },
    LONG,
  );

  test(
    'the app is told of, and nothing is left',
    async () => {
      for (const moment of moments('app', KILLS)) await killApp(moment);
    },
    LONG,
  );
});

interface After {
  readonly lease: string | null;
  readonly ports: readonly number[];
  readonly when: string;
}

/** After `gc`, and a moment for the idle server to go, there is nothing. */
async function clear(desk: Desk, { lease, ports, when }: After) {
  const told = await desk.run(['gc', '--json']);
  expect(told, when).toMatchObject({ code: 0 });
  if (process.env['KILLS']) console.log(when, JSON.parse(told.stdout).swept.length, 'swept');
  await expect.poll(() => leftBehind(desk, lease), { message: when }).toEqual(NOTHING);
  for (const port of ports) expect(await isListening(port), `${when}: port ${port}`).toBe(false);
}

function portsIn(desk: Desk): number[] {
  return processesOf(desk.folder).flatMap(({ port }) => (port === null ? [] : [port]));
}

async function standing(desk: Desk, clinic: string) {
  const up = await desk.run(['up', SLOT_FULL, '--path', clinic, '--start', '--json']);
  expect(up.code, up.stderr).toBe(0);
  const run = JSON.parse(up.stdout);
  const content = async () => {
    await using database = await connect(run.database.url);
    return await database.checksums();
  };
  const before = await content();
  return {
    id: String(run.id),
    untouched: async () => expect(await content()).toEqual(before),
    down: async () => expect(await desk.run(['down', run.handle])).toMatchObject({ code: 0 }),
  };
}

async function untilSome<T>(look: () => readonly T[], over: () => boolean): Promise<readonly T[]> {
  while (!over()) {
    const found = look();
    if (found.length > 0) return found;
    await pause(20);
  }
  return [];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
