import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbedded } from '../../src/db/embedded.ts';
import { hold, release } from '../../src/db/holds.ts';
import { collectGarbage } from '../../src/operations/gc.ts';
import type { Place } from '../../src/operations/place.ts';
import { driver } from '../../src/operations/workshop.ts';
import { openLedger } from '../../src/run/ledger.ts';
import { dockerSocket } from '../setup/docker-socket.ts';
import { neonServer } from '../setup/neon-server.ts';

/** A home with a ledger, and a repo whose config names a Neon of its own. */
async function scene() {
  const folder = mkdtempSync(join(tmpdir(), 'statewright-gc-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [neon, docker] = [await neonServer('template0'), await dockerSocket()];
  onTestFinished(async () => {
    await neon.close();
    await docker.close();
  });
  const config = {
    app: { start: ['true'] },
    neon: { project: 'quiet-forest-1', baseUrl: neon.url, keyEnv: 'OUR_NEON' },
  };
  writeFileSync(join(folder, 'statewright.config.mjs'), `export default ${JSON.stringify(config)}`);
  const server = await startEmbedded({ home: join(folder, 'home') });
  onTestFinished(() => server.stop());
  const place: Place = {
    clock: { now: () => new Date() },
    home: join(folder, 'home'),
    env: { OUR_NEON: neon.key, DOCKER_HOST: `unix://${docker.path}` },
    terminal: { colour: false, width: 100 },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  const gc = (dryRun: boolean) =>
    collectGarbage.run({ db: undefined, path: folder, dryRun }, place);
  return { server, neon, docker, gc };
}

test('a branch of a dead run is deleted where the config says branches are, with its key', async () => {
  const { server, neon, gc } = await scene();
  neon.branches.set('br-1', { id: 'br-1', name: 'statewright-dead' });
  {
    await using ledger = await openLedger(driver, server.url);
    const about = { plan: '', environment: 'neon', term: { hold: 'held' } } as const;
    const entry = await ledger.begin({ id: 'dead', ...about });
    await entry.record('branch', 'statewright-dead/quiet-forest-1');
    await hold(ledger.sql, 'dead', 'infinity');
  }
  const branch = { run: 'dead', kind: 'branch', name: 'statewright-dead/quiet-forest-1' };
  expect((await gc(true)).swept).toEqual([{ ...branch, outcome: 'due', problem: null }]);
  expect(neon.branches.size).toBe(1);
  expect((await gc(false)).swept).toEqual([{ ...branch, outcome: 'gone', problem: null }]);
  expect(neon.branches.size).toBe(0);
  await using ledger = await openLedger(driver, server.url);
  await release(ledger.sql, 'dead');
});

test('branches and containers that no ledger here knows are told, and left', async () => {
  const { neon, docker, gc } = await scene();
  neon.branches.set('br-1', { id: 'br-1', name: 'statewright-other' });
  neon.branches.set('br-2', { id: 'br-2', name: 'main' });
  docker.containers.set('statewright-c0ffee', {
    Labels: { 'statewright.name': 'statewright-c0ffee' },
  });
  docker.containers.set('postgres-1', {
    Labels: { 'com.docker.compose.project': 'statewright-compose-1' },
  });
  docker.containers.set('theirs', { Labels: {} });
  for (const dryRun of [true, false]) {
    const { swept } = await gc(dryRun);
    expect(swept.map(({ kind, name, outcome }) => [kind, name, outcome])).toEqual([
      ['container', 'statewright-c0ffee', 'unknown'],
      ['container', 'statewright-compose-1', 'unknown'],
      ['branch', 'statewright-other/quiet-forest-1', 'unknown'],
    ]);
  }
  expect([neon.branches.size, docker.containers.size]).toEqual([2, 3]);
});
