import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import type { Branches, Ledger } from '../../src/branch/branch.ts';
import { openClones } from '../../src/branch/clone.ts';
import { composeText, startComposed } from '../../src/branch/compose.ts';
import { startContainer } from '../../src/branch/container.ts';
import { dockerAt } from '../../src/branch/docker.ts';
import { neonBranches } from '../../src/branch/neon.ts';
import { neonApi } from '../../src/branch/neon-api.ts';
import { ownDatabase } from '../../src/branch/own.ts';
import { rollbackDatabase } from '../../src/branch/rollback.ts';
import { sharedDatabase } from '../../src/branch/shared.ts';
import { NeonConfig } from '../../src/config/config.ts';
import { readCatalog } from '../../src/db/catalog.ts';
import { checksums } from '../../src/db/checksums.ts';
import { withDatabase } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { undoRows } from '../../src/run/undo.ts';
import { installWritten, removeWritten } from '../../src/run/written.ts';
import { clinicSchema, freshDatabase } from '../setup/database.ts';
import { dockerCommand, dockerSocket } from '../setup/docker-socket.ts';
import { neonServer } from '../setup/neon-server.ts';

const driver = { open: openSession, connect };

/** What stands in it by now, and everything it was ever told. */
function book() {
  const standing = new Set<string>();
  const told: string[] = [];
  const ledger: Ledger = {
    record: async (kind, name) => {
      standing.add(`${kind} ${name}`);
      told.push(`${kind} ${name}`);
    },
    strike: async (kind, name) => void standing.delete(`${kind} ${name}`),
  };
  return { ledger, standing, told };
}

type Book = ReturnType<typeof book>;
type Opened = Branches & { also?: () => Promise<void> };

const template = {
  key: 'contract',
  build: async (url: string) => {
    await using sql = await openSession(url);
    const made = await sql.query("select to_regclass('departments') is not null as there");
    if (made[0]?.['there'] !== true) await sql.query(clinicSchema);
  },
};
const pool = { driver, template, workers: 1 };
/** Nothing listens on the real Docker's port here: the test run's server takes any password. */
const clonesOn = (url: string, ledger: Ledger) => openClones({ ...pool, url, ledger });

const KINDS: Readonly<Record<string, (to: Book) => Promise<Opened>>> = {
  clone: ({ ledger }) => clonesOn(inject('serverUrl'), ledger),
  own: async ({ ledger }) => {
    const given = await freshDatabase();
    return { ...ownDatabase(given.url, { driver, ledger }), also: () => given.close() };
  },
  rollback: async () => {
    const given = await freshDatabase();
    return { ...rollbackDatabase(given.url, { driver, checksums }), also: () => given.close() };
  },
  shared: async ({ ledger }) => {
    const given = await freshDatabase();
    let count = 0;
    const shared = sharedDatabase(given.url, {
      driver,
      async enter(name) {
        const id = `shared-${count++}`;
        await ledger.record('database', `${name} ${id}`);
        const closed = () => ledger.strike('database', `${name} ${id}`);
        return { id, closed, failed: async () => undefined };
      },
      journal: {
        install: async (sql) => {
          expect(await installWritten(sql, (await readCatalog(sql)).tables)).toEqual([]);
        },
        remove: (sql) => removeWritten(sql).then(() => null),
      },
      undo: async (sql, run, after) =>
        (await undoRows(sql, run, { readCatalog, after })).changedSince.map(({ table }) => ({
          ...{ table, rows: 1 },
        })),
    });
    const also = async () => {
      const triggers = "select from pg_trigger where tgname like 'statewright%'";
      expect(await given.session((sql) => sql.query(triggers))).toEqual([]);
      await given.close();
    };
    return { ...shared, also };
  },
  neon: async ({ ledger }) => {
    const copy = `parent_${process.pid}`;
    await using admin = await openSession(inject('serverUrl'));
    await admin.query(`create database ${copy}`);
    await template.build(withDatabase(inject('serverUrl'), copy));
    const server = await neonServer(copy);
    const project = 'quiet-forest-1';
    const config = NeonConfig.parse({ project, baseUrl: server.url });
    const api = neonApi({ ...config, baseUrl: `${server.url}` }, server.key);
    const at = { api, ledger, now: () => new Date(), hours: 2, project };
    const also = async () => {
      expect([...server.branches]).toEqual([]);
      await server.close();
      await using last = await openSession(inject('serverUrl'));
      await last.query(`drop database ${copy}`);
    };
    return { ...neonBranches({ ...pool, ...at }), also };
  },
  testcontainers: async ({ ledger }) => {
    const socket = await dockerSocket();
    const docker = dockerAt(socket.path);
    const server = await startContainer('postgres:18-alpine', { docker, driver, ledger });
    const also = async () => {
      await server.close();
      expect([...socket.containers]).toEqual([]);
      await socket.close();
    };
    return Object.assign(await clonesOn(server.url, ledger), { also });
  },
  compose: async ({ ledger }) => {
    const command = dockerCommand();
    const file = join(tmpdir(), `compose-${process.pid}.yaml`);
    const at = { image: 'postgres:18-alpine', services: {}, file, driver, ledger };
    const server = await startComposed({ ...at, docker: command.path });
    const also = async () => {
      await server.close();
      expect(readFileSync(command.log, 'utf8')).toMatch(/down --volumes --remove-orphans\s*$/);
      rmSync(file);
      command.close();
    };
    return Object.assign(await clonesOn(server.url, ledger), { also });
  },
};

describe.each(Object.keys(KINDS))('%s', (kind) => {
  const kept = book();
  let from: Opened;
  beforeAll(async () => {
    const open = KINDS[kind];
    if (open) from = await open(kept);
  });

  test('hands out the app’s schema at a url of its own, and the ledger knows of it', async () => {
    const branch = await from.take();
    expect(new URL(branch.url).protocol).toMatch(/^postgres/);
    const rows = await branch.session((sql) =>
      sql.query('select code from departments order by 1'),
    );
    expect(rows).toEqual([{ code: 'derm' }, { code: 'gp' }]);
    if (kind !== 'rollback') expect(kept.standing.size).toBeGreaterThan(0);
    await branch.giveBack();
  });

  test('brings the content back to its baseline, also after a statement that failed', async () => {
    const branch = await from.take();
    await branch.session((sql) => sql.query("insert into departments values ('ent', 'Ears')"));
    await branch.baseline();
    const before = await branch.checksums();
    await branch.session((sql) =>
      sql.query("update departments set name = 'x'; delete from staff"),
    );
    await expect(
      branch.session((sql) => sql.query("insert into departments values ('ent', 'again')")),
    ).rejects.toThrow();
    await branch.session(async (sql) => {
      await sql.query('begin');
      await sql.query("insert into departments values ('one', 'One')");
      await sql.query('commit');
    });
    expect(await branch.checksums()).not.toEqual(before);
    expect(await branch.reset()).toEqual([]);
    expect(await branch.checksums()).toEqual(before);
    await branch.close();
  });

  test('what one taker did is not there for the next, and once closed nothing stands', async () => {
    const branch = await from.take();
    await branch.session((sql) => sql.query("insert into departments values ('new', 'New')"));
    await branch.giveBack();
    const next = await from.take();
    const found = await next.session((sql) =>
      sql.query("select from departments where code = 'new'"),
    );
    expect(found).toEqual([]);
    await from.close();
    await from.also?.();
    expect([...kept.standing]).toEqual([]);
  });
});

test('Neon: waits while the project is busy, asks for an end, and tells nobody the key', async () => {
  const server = await neonServer('template0');
  server.state.busy = 2;
  const config = NeonConfig.parse({ project: 'quiet-forest-1', baseUrl: server.url });
  const api = neonApi(config, server.key);
  const end = new Date('2030-01-02T03:04:05Z');
  await api.create('statewright-a', end);
  expect([...server.branches.values()]).toMatchObject([{ expires_at: end.toISOString() }]);
  expect(server.asked.filter((line) => line.startsWith('POST'))).toHaveLength(3);
  await api.remove('statewright-a');
  await api.remove('statewright-a');
  expect(server.branches.size).toBe(0);
  const wrong = neonApi(config, 'napi_of_somebody_else');
  const error = await wrong.create('statewright-b', end).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'branch.neonFailed' });
  expect(JSON.stringify(error) + String(error)).not.toContain('napi_of_somebody_else');
  await server.close();
});

test('Neon: the key goes over TLS, or stays on this machine', () => {
  const at = (baseUrl: string) => () =>
    neonApi(NeonConfig.parse({ project: 'p', baseUrl }), 'secret');
  for (const url of ['http://example.test/api', 'https://u:p@console.neon.tech', 'ftp://x', 'x']) {
    expect(at(url), url).toThrow(expect.objectContaining({ code: 'branch.badNeonUrl' }));
  }
  expect(at('https://console.neon.tech/api/v2')).not.toThrow();
});

test('without Docker it says so; a container that fails to start is removed', async () => {
  const { ledger, standing } = book();
  const none = dockerAt('/nowhere/docker.sock');
  expect(await none.answers()).toBe(false);
  const at = { driver, ledger };
  const starting = startContainer('postgres:18', { ...at, docker: none });
  await expect(starting).rejects.toMatchObject({ code: 'branch.noDocker' });
  const socket = await dockerSocket();
  const docker = dockerAt(socket.path);
  const failing = { ...docker, start: async () => Promise.reject(new Error('no space')) };
  await expect(startContainer('postgres:18', { ...at, docker: failing })).rejects.toThrow(
    'no space',
  );
  expect([...standing]).toEqual([]);
  expect([...socket.images]).toEqual(['postgres:18']);
  await socket.close();
});

test('a compose file has PostgreSQL and the app’s services, on this machine’s own ports', () => {
  const services = {
    cache: { image: 'redis:8', port: 6379, env: {}, variable: 'R', value: 'redis://{address}' },
  };
  const file = JSON.parse(composeText({ image: 'postgres:18', services, password: 'p' }));
  expect(file.services.cache).toEqual({
    image: 'redis:8',
    environment: {},
    ports: ['127.0.0.1::6379'],
  });
  expect(file.services.postgres).toMatchObject({
    image: 'postgres:18',
    ports: ['127.0.0.1::5432'],
  });
});

test('the app is told where a compose file’s services are; without docker it says so', async () => {
  const command = dockerCommand();
  const file = join(tmpdir(), `compose-env-${process.pid}.yaml`);
  const cache = {
    image: 'redis:8',
    port: 6379,
    env: {},
    variable: 'R',
    value: 'redis://{address}/0',
  };
  const { ledger, standing } = book();
  const at = { image: 'postgres:18', services: { cache }, file, driver, ledger };
  const server = await startComposed({ ...at, docker: command.path });
  expect(server.env).toEqual({ R: 'redis://127.0.0.1:4711/0' });
  expect(readFileSync(command.file, 'utf8')).toContain('redis:8');
  await server.close();
  command.close();
  const missing = startComposed({ ...at, docker: '/nowhere/docker' });
  await expect(missing).rejects.toMatchObject({ code: 'branch.composeFailed' });
  expect([...standing].length).toBe(1);
  rmSync(file);
});
