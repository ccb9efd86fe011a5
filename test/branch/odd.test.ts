import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { composeText, startComposed } from '../../src/branch/compose.ts';
import { neonApi } from '../../src/branch/neon-api.ts';
import { rollbackDatabase } from '../../src/branch/rollback.ts';
import { NeonConfig } from '../../src/config/config.ts';
import { checksums } from '../../src/db/checksums.ts';
import type { Driver } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { freshDatabase } from '../setup/database.ts';

const driver: Driver = { connect, open: openSession };

test.each([
  'insert into t values (1); commit; insert into t values (2)',
  'insert into t values (1); end',
  '/* done */ rollback',
])('a text that ends the transaction around it (%s) is told', async (text) => {
  const database = await freshDatabase('create table t (n int)');
  await using branches = rollbackDatabase(database.url, { driver, checksums });
  const branch = await branches.take();
  await expect(branch.session((sql) => sql.query(text))).rejects.toMatchObject({
    code: 'branch.committed',
  });
});

test('a statement that fails takes back its own work alone', async () => {
  const database = await freshDatabase('create table t (n int)');
  await using branches = rollbackDatabase(database.url, { driver, checksums });
  const branch = await branches.take();
  const all = (text: string) => branch.session((sql) => sql.query(text));
  await all('insert into t values (1)');
  await expect(all('insert into t values (2); select 1 / 0')).rejects.toThrow('division by zero');
  expect(await all('select n from t')).toEqual([{ n: 1 }]);
});

const cache = { image: 'redis:8', port: 6379, variable: 'R', value: '{address}' };

test('a dollar in a compose file is a dollar, and no service takes the place of the database', async () => {
  const services = { cache: { ...cache, env: { PASS: 'pa$$w$ord' } } };
  const text = composeText({ image: 'postgres:18', services, password: 'p' });
  expect(text).toContain('pa$$$$w$$ord');
  const taken = startComposed({
    ...{ image: 'postgres:18', driver, docker: '/nowhere/docker', file: '/nowhere/file' },
    services: { postgres: { ...cache, env: {} } },
    ledger: { record: () => Promise.resolve(), strike: () => Promise.resolve() },
  });
  await expect(taken).rejects.toMatchObject({ code: 'branch.serviceName' });
});

test.each(['<html>sign in</html>', '', '{"branches": 3}'])(
  'an answer that is none of Neon’s API (%s) is told as such',
  async (body) => {
    const server = createServer((_, response) => response.end(body));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${port}`;
    const api = neonApi(NeonConfig.parse({ project: 'quiet-forest-1', baseUrl }), 'key');
    await expect(api.list('x')).rejects.toMatchObject({
      code: 'branch.neonFailed',
      message: expect.stringContaining('none of that API'),
    });
  },
);
