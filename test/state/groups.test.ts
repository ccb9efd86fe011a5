import { expect, test } from 'vitest';
import { databaseOf } from './on-database.ts';
import { planOf } from './plans.ts';

test('rows of one table share an INSERT, unless one needs what another needs first', async () => {
  const { compile } = await databaseOf(
    'create table nodes (id serial primary key, parent_id int references nodes (id), name text not null);',
  );
  const { state } = await compile(
    planOf({
      root: { table: 'nodes', set: { name: 'r' } },
      other: { table: 'nodes', set: { name: 'o' } },
      leaf: { table: 'nodes', set: { parent_id: { ref: 'other.id' }, name: 'l' } },
    }),
  );
  const [step] = state.steps;
  if (step?.kind !== 'statement') throw new Error('Not a statement.');
  expect(step.sql.split(' insert into "statewright"."made"')[0]).toBe(
    `with "root" as (insert into "nodes" ("name") values ($1), ($2) returning "id" as "id"), "leaf" as (insert into "nodes" ("parent_id", "name") values ((select "id" from "root" limit 1 offset 1), $3) returning "id" as "id")`,
  );
  expect(step.rows.map(({ name }) => name)).toEqual(['root', 'other', 'leaf']);
});
