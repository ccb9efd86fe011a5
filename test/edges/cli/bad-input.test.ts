import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDesk } from '../../setup/cli.ts';
import { leftBehind, NOTHING } from '../../setup/left-behind.ts';

// Each command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let desk: ReturnType<typeof openDesk>;
let clinic: string;
beforeAll(() => {
  desk = openDesk();
  clinic = desk.checkout('clinic');
});
afterAll(() => desk.close());

const SLOT_FULL = 'POST /desk/appointments › slot_full';
const config = (app: Readonly<Record<string, unknown>>): string =>
  `export default { app: ${JSON.stringify({
    start: ['node', 'src/server.ts'],
    migrate: ['node', 'src/migrate.ts'],
    ready: '/healthz',
    ...app,
  })} };`;

function folder(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(desk.folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

describe('what is asked for', () => {
  test.each([
    { args: ['frobnicate'], says: "unknown command 'frobnicate'" },
    { args: ['analyze', '--frobnicate'], says: "unknown option '--frobnicate'" },
    { args: ['analyze', 'a', 'b'], says: 'too many arguments' },
    { args: ['up'], says: "missing required argument 'id'" },
    { args: ['up', 'x', '--hours', 'long'], says: 'It must be a number' },
    { args: ['prove', '--workers', '99'], says: 'expected number to be <=16' },
    { args: ['enroll', '--as', 'test'], says: "required option '--db <value>'" },
  ])('$args can not be run: $says', async ({ args, says }) => {
    const told = await desk.run(args);
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect(told.stderr).toContain(says);
  });

  test.each([
    ['enroll', '--as', 'test', '--db'],
    ['gc', '--db'],
    ['generate', '--rows', 'users=1', '--db'],
    ['down', 'r1.2', '--db'],
  ])('`%s` with an unset variable for --db is an error, never a default', async (...args) => {
    const empty = await desk.run([...args, '']);
    expect(empty).toMatchObject({ code: 2, stdout: '' });
    expect(empty.stderr).toContain('db.noUrl: The database URL is empty. Nothing was written.');
    const local = await desk.run([...args, 'localhost:5432/clinic']);
    expect(local).toMatchObject({ code: 2, stdout: '' });
    expect(local.stderr).toContain('db.badUrl');
    expect(existsSync(join(desk.home, 'server.json'))).toBe(false);
  });

  test('a database that does not answer is named, its password is not', async () => {
    const told = await desk.run([
      'enroll',
      '--as',
      'test',
      '--db',
      'postgres://a:hush@127.0.0.1:1/x',
    ]);
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect(told.stderr).toContain('db.unreachable: Can\'t reach database "x" at 127.0.0.1:1');
    expect(told.stderr).not.toContain('hush');
  });

  test('an unknown plan, ending or route brings suggestions', async () => {
    const up = await desk.run(['up', 'POST /desk/appointments › slot_ful', '--path', clinic]);
    expect(up).toMatchObject({ code: 2, stdout: '' });
    expect(up.stderr).toContain(`Did you mean:\n  ${SLOT_FULL}\n`);
    const only = await desk.run(['prove', clinic, '--only', 'slot_fulll']);
    expect(only).toMatchObject({ code: 2, stdout: '' });
    expect(only.stderr).toContain('prove.nothingSelected: No ending\'s id contains "slot_fulll".');
    const route = await desk.run(['scenarios', clinic, '--route', 'POST /session']);
    expect(route).toMatchObject({ code: 2, stdout: '' });
    expect(route.stderr).toContain('Did you mean:\n  POST /sessions');
    expect(readdirSync(clinic)).not.toContain('.statewright');
  });
});

describe('the repo', () => {
  test('one without package.json, or that is not there, is refused', async () => {
    const empty = await desk.run(['analyze', folder('empty', {})]);
    expect(empty).toMatchObject({ code: 2, stdout: '' });
    expect(empty.stderr).toContain('repo.noPackage: There is no package.json in');
    const nowhere = await desk.run(['analyze', join(desk.folder, 'nowhere')]);
    expect(nowhere).toMatchObject({ code: 2, stdout: '' });
    expect(nowhere.stderr).toContain('repo.notFound');
  });

  test('one without routes is a finding that says what is read', async () => {
    const path = folder('no-routes', {
      'package.json': '{"name":"x"}',
      'a.ts': 'export const a = 1;',
    });
    const told = await desk.run(['analyze', path]);
    expect(told.code).toBe(1);
    const said = 'error model.noRoutes: No routes were found: no package.json names one of hono, ';
    expect(told.stdout).toContain(said);
    const init = await desk.run(['init', path]);
    expect(init.code).toBe(1);
    expect(init.stdout).toContain('please fill in app.start');
    expect(init.stdout).toContain(said);
    writeFileSync(join(path, 'package.json'), '{"name":"x","dependencies":{"hono":"4"}}');
    const named = await desk.run(['analyze', path]);
    expect(named.stdout).toContain('No routes were found, though a package.json names hono.');
  });

  test('a schema that is somewhere else is a finding at each query of its tables', async () => {
    const elsewhere = desk.checkout('elsewhere', {
      'src/schema.ts':
        "export { staff, sessions, patients, slots, appointments } from '@acme/schema';",
    });
    const told = await desk.run(['analyze', elsewhere]);
    expect(told.code).toBe(0);
    expect(told.stdout).toMatch(
      /warning model.unknownTable: src\/app.ts:\d+: The table `slots` comes from the package @acme\/schema/,
    );
    for (const name of ['migrations', 'src/migrate.ts'])
      rmSync(join(elsewhere, name), { recursive: true });
    const none = await desk.run(['analyze', elsewhere]);
    expect(none.stdout).toContain(
      'warning model.noTables: .: The app uses drizzle, but none of its tables was found',
    );
  });

  test('files that do not parse are findings; the rest is read', async () => {
    const path = desk.checkout('broken', { 'src/bad.ts': 'export const = ((( {' });
    const told = await desk.run(['analyze', path, '--json']);
    expect(told.code).toBe(0);
    const model = JSON.parse(told.stdout);
    expect(model.apps[0].routes).toHaveLength(5);
    expect(model.findings).toMatchObject([
      { code: 'repo.unparsable', at: { file: 'src/bad.ts', line: 1 } },
    ]);
  });
});

describe('the config', () => {
  test('a missing one names the command that writes it', async () => {
    const path = desk.checkout('no-config', { 'statewright.config.ts': null });
    for (const args of [
      ['prove', path],
      ['up', SLOT_FULL, '--path', path],
    ]) {
      const told = await desk.run(args);
      expect(told).toMatchObject({ code: 2, stdout: '' });
      expect(told.stderr).toContain('config.missing');
      expect(told.stderr).toContain(`npx statewright init ${path}`);
    }
  });

  test.each([
    { what: 'a wrong value', text: config({ start: 'npm start' }), says: 'config.invalid: ' },
    { what: 'an unknown key', text: config({ starts: [] }), says: 'starts' },
    { what: 'no default export', text: 'export const a = 1;', says: 'config.invalid: ' },
    { what: 'nonsense', text: 'export default {{{', says: 'config.unreadable: ' },
    { what: 'an error of its own', text: 'throw new Error("no key")', says: 'no key' },
  ])('$what is told with the file', async ({ text, says }) => {
    const path = desk.checkout('bad-config', { 'statewright.config.ts': text });
    const told = await desk.run(['prove', path]);
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect(told.stderr).toContain(says);
    expect(told.stderr).toContain(join(path, 'statewright.config.ts'));
  });
});

describe('plans beside the code', () => {
  const planned = async (name: string) => {
    const path = desk.checkout(name);
    expect(await desk.run(['plan', path])).toMatchObject({ code: 0 });
    const plans = join(path, 'statewright/plans');
    const file = readdirSync(plans).find((each) => each.includes('slot-full'));
    return { path, file: join(plans, file ?? '') };
  };

  test('one that is no plan is named; nothing is fired, up is refused too', async () => {
    const { path, file } = await planned('nonsense');
    for (const text of ['{ not json', '{"id":"x"}', '[]']) {
      writeFileSync(file, text);
      for (const args of [
        ['prove', path],
        ['plan', path],
        ['up', SLOT_FULL, '--path', path],
      ]) {
        const told = await desk.run(args);
        expect(told).toMatchObject({ code: 2, stdout: '' });
        expect(told.stderr).toContain(`plan.unreadable: ${file}`);
      }
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
    expect(existsSync(join(path, '.statewright'))).toBe(false);
    expect(existsSync(join(desk.home, 'server.json'))).toBe(false);
  });

  test('one that names what the app does not have is not fired', async () => {
    const { path, file } = await planned('unknown-table');
    const plan = JSON.parse(readFileSync(file, 'utf8'));
    plan.planner.kind = 'hand';
    plan.given.rows.ghost = { table: 'ghosts', set: {} };
    writeFileSync(file, JSON.stringify(plan));
    const told = await desk.run(['prove', path, '--only', SLOT_FULL, '--json']);
    expect(told.code, told.stderr).toBe(1);
    const { proofs, findings } = JSON.parse(told.stdout);
    expect(proofs.map((proof: { plan: string }) => proof.plan)).not.toContain(SLOT_FULL);
    const at = { file: file.slice(path.length + 1), path: SLOT_FULL };
    expect(findings.at(-1)).toMatchObject({ code: 'plan.notFired', at });
    expect(JSON.stringify(findings.at(-1))).toContain('ghosts');
    const up = await desk.run(['up', SLOT_FULL, '--path', path]);
    expect(up).toMatchObject({ code: 2, stdout: '' });
    expect(up.stderr).toContain('plan.unsound: ');
    expect(up.stderr).toContain('ghosts');
  });
});

describe('the app', () => {
  const serve = (handler: string) => [
    ...['node', '-e'],
    `require('http').createServer(${handler}).listen(process.env.PORT, '127.0.0.1')`,
  ];
  test.each([
    {
      what: 'does not start',
      app: { start: ['node', 'src/nope.ts'] },
      code: 2,
      says: 'app.exited',
    },
    { what: 'is no command', app: { start: ['nonode'] }, code: 2, says: 'app.exited' },
    { what: 'never answers', app: { start: serve('() => 0') }, code: 2, says: 'app.notReady' },
    {
      what: 'always fails',
      app: { start: serve('(q, r) => r.writeHead(500).end()') },
      code: 2,
      says: '(status 500)',
    },
    {
      what: 'can not migrate',
      app: { migrate: ['node', '-e', 'console.error("no such column"); process.exit(3)'] },
      code: 2,
      says: 'no such column',
    },
    {
      what: 'uses no database',
      app: { start: serve('(q, r) => r.end()') },
      code: 3,
      says: 'guard.appElsewhere',
    },
  ])('that $what: $says', async ({ app, code, says }) => {
    const text = config({ startTimeoutMs: 2_000, ...app });
    const path = desk.checkout('bad-app', { 'statewright.config.ts': text });
    const told = await desk.run(['prove', path, '--only', SLOT_FULL]);
    expect(told).toMatchObject({ code, stdout: '' });
    expect(told.stderr).toContain(says);
    expect(existsSync(join(path, '.statewright'))).toBe(false);
    await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
  });

  test('that listens on a port which is taken', async () => {
    const other = createServer(() => undefined);
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const text = config({ portEnv: 'NOBODY_READS_IT', env: { PORT: `${port}` } });
    const path = desk.checkout('taken', { 'statewright.config.ts': text });
    const told = await desk.run(['prove', path, '--only', SLOT_FULL]);
    other.close();
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect(told.stderr).toContain('app.portTaken');
    expect(told.stderr).toContain('app.portEnv');
    await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
  });
});
