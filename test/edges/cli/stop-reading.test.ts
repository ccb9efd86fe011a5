import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openDesk } from '../../setup/cli.ts';
import { leftBehind, NOTHING } from '../../setup/left-behind.ts';

// Each command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 });

/** Reading it takes seconds. */
const STOREFRONT = join(import.meta.dirname, '../../../fixtures/apps/storefront');

describe.skipIf(process.platform === 'win32')('a command that reads', () => {
  test.each([
    { args: ['analyze'], signal: 'SIGINT', code: 130 },
    { args: ['scenarios', '--no-cache'], signal: 'SIGTERM', code: 143 },
    { args: ['plan', '--dry-run'], signal: 'SIGTERM', code: 143 },
    { args: ['demo', '--only', 'GET /cart'], signal: 'SIGINT', code: 130 },
  ] as const)('$args.0 ends at once with $signal', async ({ args, signal, code }) => {
    const desk = openDesk();
    const [command, ...options] = args;
    const path = command === 'demo' ? [] : [STOREFRONT];
    const { child, said, ended } = desk.start([command, ...path, ...options]);
    await said('read: ');
    // It is in the midst of it by then.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const sent = performance.now();
    child.kill(signal);
    expect(await ended).toMatchObject({ code, stdout: '' });
    expect(performance.now() - sent).toBeLessThan(1000);
    expect(await leftBehind(desk)).toEqual(NOTHING);
  });

  test('keeps nobody else from reading', async () => {
    const desk = openDesk();
    const { child, said, ended } = desk.start(['analyze', STOREFRONT]);
    await said('read: ');
    child.kill('SIGTERM');
    await ended;
    const next = await desk.run(['analyze', STOREFRONT, '--json']);
    expect(next.code, next.stderr).toBeLessThan(2);
    expect(next.stderr).not.toContain('waiting');
    expect(JSON.parse(next.stdout)).toMatchObject({ version: 1 });
  });
});
