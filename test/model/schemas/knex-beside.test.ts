import { expect, test } from 'vitest';
import { knex } from '../../../src/model/schemas/knex.ts';
import { programOf } from '../../setup/code.ts';

const migration = (table: string) => `
  exports.up = (knex) => knex.schema.createTable('${table}', (t) => { t.increments('id'); t.string('name'); });
  exports.down = (knex) => knex.schema.dropTable('${table}');`;

const manifest = (name: string, dependencies: Record<string, string>) =>
  JSON.stringify({ name, dependencies });

test('an app without migrations of its own has the tables of the packages that it imports', () => {
  const texts = {
    'package.json': JSON.stringify({ private: true, workspaces: ['*'] }),
    'api/package.json': manifest('api', { '@harbour/db': '1' }),
    'api/app.ts': `import { db } from '@harbour/db';\nexport const berths = () => db('berths');`,
    'db/package.json': manifest('@harbour/db', { knex: '3' }),
    'db/index.ts': `import knex from 'knex';\nexport const db = knex({ client: 'pg' });`,
    'db/migrations/1_berths.cjs': migration('berths'),
    'crane/package.json': manifest('@harbour/crane', { knex: '3' }),
    'crane/migrations/1_cranes.cjs': migration('cranes'),
  };
  const tables = (root: string) => knex.read(programOf(texts), root).tables.map(({ name }) => name);
  expect(tables('api')).toEqual(['berths']);
  expect(tables('crane')).toEqual(['cranes']);
});
