import knexOf, { type Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/db.ts';
import { knex } from '../../../src/model/schemas/knex.ts';
import { programOf } from '../../setup/code.ts';
import { freshDatabase } from '../../setup/database.ts';
import { catalogOf, shapeOf } from '../../setup/table-shape.ts';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase('select 1');
});
afterAll(() => database?.close());

const FIRST = `
exports.up = function (knex) {
  return knex.schema
    .createTable('crews', (t) => {
      t.increments();
      t.string('name', 80).notNullable().unique();
      t.enu('kind', ['sail', 'motor']).notNullable().defaultTo('sail');
      t.specificType('tags', 'text[]');
      t.jsonb('extra').defaultTo('{}');
      t.timestamps(true, true);
    })
    .createTable('boats', function () {
      this.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
      this.integer('crew_id').unsigned().notNullable().references('id').inTable('crews').onDelete('CASCADE');
      this.decimal('length', 5, 1).notNullable().checkPositive();
      this.boolean('afloat').notNullable().defaultTo(true);
      this.timestamp('launched_at').defaultTo(knex.fn.now());
      this.datetime('scrapped_at', { useTz: false });
      this.enum('state', ['new', 'old'], { useNative: true, enumName: 'boat_state' });
      this.string('nickname');
      this.unique(['crew_id', 'length']);
      this.index(['afloat'], 'by_afloat');
    })
    .createTable('berths', (t) => {
      t.bigIncrements('id');
      t.uuid('boat_id');
      t.text('pier');
      t.integer('number');
      t.foreign('boat_id').references('boats.id').onDelete('SET NULL');
    });
};
exports.down = (knex) => knex.schema.dropTable('berths').dropTable('boats').dropTable('crews');`;

const SECOND = `
exports.up = (knex) =>
  knex.schema
    .alterTable('berths', (t) => {
      t.dropPrimary();
      t.primary(['pier', 'number']);
      t.dropColumn('id');
      t.string('note', 10).notNullable().defaultTo('');
    })
    .table('boats', (t) => {
      t.renameColumn('nickname', 'alias');
      t.decimal('length', 8, 2).notNullable().alter();
      t.setNullable('crew_id');
    })
    .raw("alter table crews add constraint named check (length(name) > 1)")
    .renameTable('berths', 'places');
exports.down = () => undefined;`;

/** The statements Knex itself sends. */
function sentBy(text: string): string {
  const module = { exports: {} as { up: (knex: Knex) => Knex.SchemaBuilder } };
  new Function('exports', text)(module.exports);
  return module.exports.up(knexOf({ client: 'pg' })).toString();
}

test('reads migrations as PostgreSQL has them after Knex ran them', async () => {
  const found = knex.read(
    programOf({ 'migrations/2_more.js': `// knex\n${SECOND}`, 'migrations/1_first.js': FIRST }),
    '.',
  );
  expect(found.findings).toEqual([]);
  const real = [FIRST, SECOND].map(sentBy);
  expect(shapeOf(found.tables)).toEqual(shapeOf(await catalogOf(database, real)));
});

test('functions of a module, helpers and transactions', () => {
  const found = knex.read(
    programOf({
      'migrations/1.ts': `
        import type { Knex } from 'knex';
        const owned = (t: Knex.CreateTableBuilder) => { t.integer('owner_id').notNullable(); };
        export async function up(knex: Knex): Promise<void> {
          for (const name of ['posts', 'notes']) {
            await knex.schema.createTable(name, (t) => { t.increments('id'); owned(t); });
          }
          await knex.raw('ALTER TABLE ?? ADD COLUMN pinned boolean NOT NULL DEFAULT false', ['posts']);
        }
        export async function down(knex: Knex) { await knex.schema.dropTable('posts'); }`,
    }),
    '.',
  );
  expect(found.tables.map(({ id, columns }) => [id, columns.map(({ name }) => name)])).toEqual([
    ['notes', ['id', 'owner_id']],
    ['posts', ['id', 'owner_id', 'pinned']],
  ]);
});
