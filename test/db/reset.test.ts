import { expect, test } from 'vitest';
import { freshDatabase } from '../setup/database.ts';

const wards = `
  create table wards (id bigint generated always as identity primary key, name text not null unique,
    notes json, shout text generated always as (upper(name)) stored);
  create table beds (ward_id bigint not null references wards (id) on delete cascade, label text);
  create function forbid() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
  insert into wards (name, notes) values ('north', '{"a": 1}'), ('south', null);
  insert into beds values (1, 'N1'), (1, 'N2'), (2, 'S1');
  create trigger keep_wards before delete on wards for each row when (old.name = 'north')
    execute function forbid();`;

test('brings back changed, deleted and added rows, cascades included', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  const before = await database.checksums();
  await database.session((sql) =>
    sql.query(`
      update wards set notes = '{"a": 2}' where name = 'north';
      delete from wards where name = 'south';
      insert into wards (name) values ('west');
      truncate beds`),
  );
  expect(await database.checksums()).not.toEqual(before);
  expect(await database.reset()).toEqual([]);
  expect(await database.checksums()).toEqual(before);
});

test('a second reset undoes what came after the first, and never moves a sequence back', async () => {
  const database = await freshDatabase(wards);
  await database.baseline();
  const ids: unknown[] = [];
  for (let round = 0; round < 3; round++) {
    const rows = await database.session((sql) =>
      sql.query("insert into wards (name) values ('west') returning id"),
    );
    ids.push(rows[0]?.['id']);
    expect(await database.reset()).toEqual([]);
  }
  expect(ids).toEqual(['3', '4', '5']);
});
