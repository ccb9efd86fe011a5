import { expect, test, vi } from 'vitest';
import { openDesk } from '../../setup/cli.ts';
import { freshDatabase } from '../../setup/database.ts';
import { dockerSocket } from '../../setup/docker-socket.ts';
import { leftBehind, NOTHING } from '../../setup/left-behind.ts';

vi.setConfig({ testTimeout: 240_000 });

test('plans are proven on clones of a server in a container, which is gone afterwards', async () => {
  const desk = openDesk();
  const clinic = desk.checkout('clinic');
  const socket = await dockerSocket();
  const asked = [
    'prove',
    clinic,
    '--only',
    'POST /staff',
    '--isolation',
    'testcontainers',
    '--json',
  ];
  const told = await desk.run(asked, { env: { DOCKER_HOST: `unix://${socket.path}` } });
  expect(told.code, told.stderr).toBe(0);
  const { isolation, proofs } = JSON.parse(told.stdout);
  expect(isolation).toMatchObject({ isolation: 'testcontainers', because: 'it was asked for' });
  expect(proofs.map((proof: { verdict: string }) => proof.verdict)).toContain('proven');
  expect(told.stderr).toMatch(
    /^.*Isolation: testcontainers \(it was asked for\)\. Not kept apart: .*$/m,
  );
  expect(socket.asked.filter((line) => /containers\/create/.test(line))).toHaveLength(1);
  expect(socket.containers.size).toBe(0);
  await socket.close();
  await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
});

test('a container whose run was killed is removed by the next command', async () => {
  const desk = openDesk();
  const clinic = desk.checkout('clinic');
  const socket = await dockerSocket();
  const env = { DOCKER_HOST: `unix://${socket.path}` };
  const { child, ended } = desk.start(['prove', clinic, '--isolation', 'testcontainers'], { env });
  await expect.poll(() => socket.containers.size, { interval: 20, timeout: 120_000 }).toBe(1);
  child.kill('SIGKILL');
  await ended;
  const told = await desk.run(['gc', '--json'], { env });
  expect(told.code, told.stderr).toBe(0);
  expect(JSON.parse(told.stdout).swept).toContainEqual(
    expect.objectContaining({ kind: 'container', outcome: 'gone' }),
  );
  expect(socket.containers.size).toBe(0);
  await socket.close();
  await expect.poll(() => leftBehind(desk)).toEqual(NOTHING);
});

test('a state is tried on a database in a transaction that is taken back', async () => {
  const desk = openDesk();
  const clinic = desk.checkout('clinic');
  const database = await freshDatabase();
  const { code } = await desk.run(['enroll', '--db', database.url, '--as', 'test']);
  expect(code).toBe(0);
  const before = await database.checksums();
  const id = 'POST /staff › email_taken';
  const asked = [
    'up',
    id,
    '--path',
    clinic,
    '--db',
    database.url,
    '--isolation',
    'rollback',
    '--json',
  ];
  const told = await desk.run(asked);
  expect(told.code, told.stderr).toBe(0);
  const run = JSON.parse(told.stdout);
  expect(run).toMatchObject({ handle: '', isolation: { isolation: 'rollback' } });
  expect(run.refs.staff.email).toContain('@');
  expect(await database.checksums()).toEqual(before);
});

test('what is asked for and not there, or of no use, is refused with the reason', async () => {
  const desk = openDesk();
  const clinic = desk.checkout('clinic');
  const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const none = await desk.run(['prove', clinic, '--isolation', 'testcontainers'], { env });
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('Docker was not found') });
  const neon = await desk.run(['prove', clinic, '--isolation', 'neon']);
  expect(neon).toMatchObject({ code: 2, stderr: expect.stringContaining('no Neon project') });
  const alone = await desk.run(['prove', clinic, '--isolation', 'rollback']);
  expect(alone).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('they see nothing of it'),
  });
});
