import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDesk } from '../../setup/cli.ts';
import { leftBehind, NOTHING } from '../../setup/left-behind.ts';
import { processesOf } from '../../setup/processes.ts';

// Each command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

describe.skipIf(process.platform !== 'linux')('Ctrl-C', () => {
  let desk: ReturnType<typeof openDesk>;
  let clinic: string;
  beforeAll(() => {
    desk = openDesk();
    clinic = desk.checkout('clinic');
  });
  afterAll(() => desk.close());

  const runs = (script: string) =>
    processesOf(desk.folder).some(({ command }) => command === `node src/${script}.ts`);

  test.each([
    { when: 'starting PostgreSQL', until: (said: Said) => said('plan: ') },
    { when: 'migrating', until: () => eventually(() => runs('migrate')) },
    { when: 'proving', until: () => eventually(() => runs('server')) },
  ])('while $when ends with 130, says so and leaves nothing', async ({ until }) => {
    const { child, said, ended } = desk.start(['prove', clinic]);
    await until(said);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('Stopped.');
    expect(stderr).not.toContain('bug');
    await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
    expect(existsSync(join(clinic, '.statewright'))).toBe(false);
  });

  test('twice, or SIGTERM, takes everything away as well', async () => {
    const ways = [
      { signals: ['SIGINT', 'SIGINT'], code: 130 },
      { signals: ['SIGTERM'], code: 143 },
    ] as const;
    for (const { signals, code } of ways) {
      const { child, ended } = desk.start(['prove', clinic]);
      await eventually(() => runs('server'));
      for (const signal of signals) {
        child.kill(signal);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(await ended).toMatchObject({ code, stdout: '' });
      await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
    }
  });
});

type Said = (words: string) => Promise<void>;

async function eventually(look: () => boolean): Promise<void> {
  for (const until = performance.now() + 30_000; performance.now() < until; ) {
    if (look()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it never came to that');
}
