import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { main } from '../../../src/edges/cli/main.ts';
import { openDesk } from '../../setup/cli.ts';
import { leftBehind, NOTHING } from '../../setup/left-behind.ts';

// Each command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** As many plans as the kept line of the clinic has. */
const PLANS: number = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/lines/clinic/plans.json'), 'utf8'),
).length;

let desk: ReturnType<typeof openDesk>;
let clinic: string;
beforeAll(() => {
  desk = openDesk();
  clinic = desk.checkout('clinic');
});
afterAll(() => desk.close());

const COMMANDS = [
  ...['init', 'analyze', 'scenarios', 'plan', 'prove', 'explain', 'show', 'check', 'export', 'up'],
  ...['down', 'enroll', 'generate', 'gc', 'serve', 'keys', 'mcp', 'autonoma', 'eval', 'demo'],
];

test('the help lists every command, each of which has a help with an example', async () => {
  const { code, stdout, stderr } = await desk.run(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(
    'Exit codes: 0 done, 1 findings, 2 could not run, 3 refused by the guard, 130 and 143 stopped.',
  );
  const listed = stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm);
  expect([...listed].map(([, name]) => name)).toEqual(COMMANDS);
  for (const command of COMMANDS) {
    const help = await helpOf(command);
    expect(help).toContain(`Usage: statewright ${command}`);
    expect(help).toContain(`Examples:\n  statewright ${command}`);
  }
});

/** In this process, for one of its own would load everything again. */
async function helpOf(command: string): Promise<string> {
  let said = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  try {
    await main(['node', 'statewright', command, '--help']);
  } finally {
    write.mockRestore();
  }
  expect(process.exitCode).toBe(0);
  process.exitCode = undefined;
  return said;
}

test('--version is that of the package', async () => {
  const manifest = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
  );
  expect(await desk.run(['--version'])).toEqual({
    code: 0,
    stdout: `${manifest.version}\n`,
    stderr: '',
  });
});

test('with --json the result is one document on stdout and the talk is plain lines on stderr', async () => {
  for (const args of [
    ['analyze', clinic],
    ['scenarios', clinic],
    ['plan', clinic, '--dry-run'],
    ['prove', clinic, '--only', 'slot_full'],
    ['gc'],
  ]) {
    const { code, stdout, stderr } = await desk.run([...args, '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toBeTypeOf('object');
    expect(stdout.endsWith('}\n')).toBe(true);
    expect(`${stdout}${stderr}`).not.toContain('\u001b');
    expect(stderr.split('\n').filter((line) => line.startsWith('read: '))).toHaveLength(
      args[0] === 'gc' ? 0 : 1,
    );
  }
});

test('a second reading takes what the first kept and says the same; --no-cache keeps nothing', async () => {
  const path = desk.checkout('kept');
  const kept = () => {
    const folder = join(desk.home, 'read');
    return existsSync(folder) ? readdirSync(folder).length : 0;
  };
  const before = kept();
  const uncached = await desk.run(['analyze', path, '--json', '--no-cache']);
  expect(kept()).toBe(before);
  const first = await desk.run(['analyze', path, '--json']);
  expect(kept()).toBe(before + 1);
  const second = await desk.run(['analyze', path, '--json']);
  expect(first.stdout).toBe(uncached.stdout);
  expect(second.stdout).toBe(uncached.stdout);
});

test('what is asked for alone is reported alone', async () => {
  const { code, stdout } = await desk.run(['prove', clinic, '--only', 'slot_full']);
  expect(code).toBe(0);
  expect(stdout).toContain('1 route, 1 ending, 2 plans');
  expect(stdout).not.toContain('unsolved');
});

test('init writes a config that works, plan is idempotent, prove proves', async () => {
  const path = desk.checkout('new', { 'statewright.config.ts': null });
  const init = await desk.run(['init', path]);
  expect(init).toMatchObject({ code: 0 });
  expect(init.stdout).toContain('Found 5 routes with');
  const config = readFileSync(join(path, 'statewright.config.ts'), 'utf8');
  const again = await desk.run(['init', path]);
  expect(again).toMatchObject({ code: 2, stdout: '' });
  expect(again.stderr).toContain('Nothing was written. Use --force to replace it.');
  expect(readFileSync(join(path, 'statewright.config.ts'), 'utf8')).toBe(config);

  expect(await desk.run(['plan', path])).toMatchObject({ code: 0 });
  const folder = join(path, 'statewright/plans');
  const files = () =>
    readdirSync(folder).map((name) => {
      const { mtimeMs, ino } = statSync(join(folder, name));
      return { name, mtimeMs, ino, text: readFileSync(join(folder, name), 'utf8') };
    });
  const before = files();
  // The plans, and the types of their ids.
  expect(before).toHaveLength(PLANS + 1);
  const second = await desk.run(['plan', path]);
  expect(second.stdout).toContain(`0 written, 0 removed, ${PLANS} unchanged.`);
  expect(files()).toEqual(before);

  const prove = await desk.run(['prove', path, '--json']);
  expect(prove.code, prove.stderr).toBe(0);
  const { proofs, summary, report } = JSON.parse(prove.stdout);
  expect(proofs).toHaveLength(PLANS);
  expect(summary.verdicts).toEqual({ proven: PLANS });
  expect(summary.residue).toBe(0);
  expect(readFileSync(report, 'utf8')).toContain('<!doctype html>');
  expect(files()).toEqual(before);
  await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
});

test('a repo that is no module gets a config that loads without a warning', async () => {
  const manifest = '{"name":"old","dependencies":{"hono":"^4"}}';
  const path = desk.checkout('old', {
    'statewright.config.ts': null,
    'package.json': manifest,
  });
  await desk.run(['init', path]);
  expect(readdirSync(path)).toContain('statewright.config.mts');
  const { stderr } = await desk.run(['plan', path, '--dry-run']);
  expect(stderr).not.toContain('Warning');
});

test('two proofs at once are both right, and nothing is left', async () => {
  const both = [clinic, desk.checkout('other')].map((path) => desk.run(['prove', path, '--json']));
  for (const told of await Promise.all(both)) {
    expect(told.code, told.stderr).toBe(0);
    expect(JSON.parse(told.stdout).summary).toMatchObject({
      verdicts: { proven: PLANS },
      residue: 0,
    });
  }
  await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
});
