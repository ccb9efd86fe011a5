import { expect, test } from 'vitest';
import type { Condition, Term } from '../../src/condition/condition.ts';
import type { Table } from '../../src/db/db.ts';
import type { Query, Write } from '../../src/model/model.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import {
  absent,
  answer,
  any,
  body,
  call,
  col,
  column,
  compare,
  eq,
  exists,
  insert,
  lit,
  modelOf,
  param,
  query,
  refusal,
  route,
  table,
  update,
  uuidKey,
} from '../setup/model-builders.ts';

const boats = table('boats', [uuidKey, column('name', 'text')]);
const boat = query('boat', 'boats', [eq(col('boat.id'), param('id'))]);

function feasibility(again: Query, writes: Write[] = []) {
  const outcomes = [
    {
      ...refusal(404, 'gone', [exists('boat'), absent(again.id)]),
      writes: writes.map(({ id }) => id),
    },
    answer(200, [exists('boat'), exists(again.id)]),
  ];
  const parts = { reads: [boat, again], writes, outcomes };
  const scenarios = deriveScenarios(modelOf([boats], [route('PUT', '/boats/:id', parts)]));
  return scenarios.find(({ id }) => id.endsWith('gone'))?.feasibility;
}

test.each<[string, Query]>([
  ['the same key', query('boat#2', 'boats', [eq(param('id'), col('boat#2.id'))])],
  ['the key of what was found', query('boat#2', 'boats', [eq(col('boat#2.id'), col('boat.id'))])],
])('a row that was found is not missed by %s', (_, again) => {
  expect(feasibility(again)).toBe('infeasible');
});

test('a row may be missed by more than that, or once its table was written', () => {
  const named = query('boat#2', 'boats', [
    eq(col('boat#2.id'), param('id')),
    eq(col('boat#2.name'), lit('Argo')),
  ]);
  expect(feasibility(named)).toBe('solvable');
  const again = query('boat#2', 'boats', [eq(col('boat#2.id'), param('id'))]);
  const write = update('boat#3', 'boats', { id: lit('x') }, [eq(col('boat#3.id'), param('id'))]);
  expect(feasibility(again, [write])).toBe('solvable');
});

const users = table('users', [uuidKey, column('email', 'text')], { unique: [['email']] });
const byEmail = (id: string, email: Term) => query(id, 'users', [eq(col(`${id}.email`), email)]);

/** What is made of a single ending under these conditions. */
function judged(tables: Table[], when: Condition[], parts: { reads: Query[]; writes?: Write[] }) {
  const writes = parts.writes?.map(({ id }) => id) ?? [];
  const outcomes = [{ ...refusal(409, 'so', when), writes }, answer(200, [])];
  const scenarios = deriveScenarios(modelOf(tables, [route('PUT', '/x', { ...parts, outcomes })]));
  return scenarios.find(({ id }) => id.endsWith('so'))?.feasibility;
}

test('a row found twice by one unique key is one row', () => {
  const reads = [byEmail('user', body('email')), byEmail('user#2', col('user.email'))];
  const other = [exists('user'), exists('user#2'), compare(col('user#2.id'), '!=', col('user.id'))];
  expect(judged([users], other, { reads })).toBe('infeasible');
  expect(judged([table('users', [uuidKey, column('email', 'text')])], other, { reads })).toBe(
    'solvable',
  );
});

test('what a look-up went by is decided by what was found before it', () => {
  const way = any(
    [exists('user'), compare(col('user#2.email'), '=', body('email'))],
    [absent('user'), compare(col('user#2.email'), '=', body('other'))],
  );
  const reads = [
    byEmail('user', body('email')),
    { ...query('user#2', 'users', []), where: [way] },
    byEmail('user#3', body('other')),
  ];
  expect(judged([users], [absent('user'), exists('user#2'), absent('user#3')], { reads })).toBe(
    'infeasible',
  );
  expect(judged([users], [absent('user'), exists('user#2')], { reads })).toBe('solvable');
});

test('a row that was made is found by its key, one that was not there only once it is made', () => {
  const made = insert('user#2', 'users', { email: body('email') });
  const byKey = query('user#3', 'users', [eq(col('user#3.id'), col('user#2.id'))]);
  expect(judged([users], [absent('user#3')], { reads: [byKey], writes: [made] })).toBe(
    'infeasible',
  );
  const reads = [byEmail('user', body('email')), byEmail('user#3', body('email'))];
  const gained = [absent('user'), exists('user#3')];
  expect(judged([users], gained, { reads })).toBe('infeasible');
  expect(judged([users], gained, { reads, writes: [made] })).toBe('solvable');
});

test('no key of a row that was found leads nowhere', () => {
  const owned = table('boats', [uuidKey, column('owner_id', 'uuid', { nullable: true })], {
    refers: { owner_id: 'users' },
  });
  const reads = [
    query('boat', 'boats', [eq(col('boat.id'), param('id'))]),
    query('user', 'users', [eq(col('user.id'), col('boat.owner_id'))]),
  ];
  const alone = [exists('boat'), absent('user')];
  const filled = compare(col('boat.owner_id'), '!=', lit(null));
  expect(judged([users, owned], alone, { reads })).toBe('solvable');
  expect(judged([users, owned], [...alone, filled], { reads })).toBe('infeasible');
});

test('a row that was looked up by a value holds that value', () => {
  const reads = [byEmail('user', body('email'))];
  const other = [exists('user'), compare(body('email'), '!=', col('user.email'))];
  expect(judged([users], other, { reads })).toBe('infeasible');
});

test('a row that was just made is found by what it was made of', () => {
  const made = insert('user#2', 'users', { email: body('email') });
  const when = (id: string) => [absent('user'), absent(id)];
  const reads = (id: string) => [byEmail('user', body('email')), byEmail(id, body('email'))];
  const again = { reads: reads('user#3'), writes: [made] };
  expect(judged([users], when('user#3'), again)).toBe('infeasible');
  const other = { reads: [byEmail('user#3', body('name'))], writes: [made] };
  expect(judged([users], [absent('user#3')], other)).toBe('solvable');
});

const random = call('random');
const crews = table('crews', [
  uuidKey,
  column('boat_id', 'uuid'),
  column('captain_id', 'uuid', { nullable: true }),
]);
const sailors = table('sailors', [uuidKey, column('crew_id', 'uuid')]);
const fleet = [boats, crews, sailors];

test('what belongs to a row just made is what the request made with it', () => {
  const made = insert('boat#2', 'boats', { id: random, name: lit('Argo') });
  const crewOf = (id: string, boatId: Term) =>
    query(id, 'crews', [eq(col(`${id}.boat_id`), boatId)]);
  const found = (boatId: Term, writes: Write[]) =>
    judged(fleet, [exists('crew')], { reads: [crewOf('crew', boatId)], writes });
  expect(found(random, [made])).toBe('infeasible');
  expect(found(col('boat#2.id'), [made])).toBe('infeasible');
  expect(found(body('boat'), [made])).toBe('solvable');
  expect(found(random, [made, insert('crew#2', 'crews', { boat_id: random })])).toBe('solvable');
  const captain = query('boat#3', 'boats', [eq(col('boat#3.id'), col('crew#2.captain_id'))]);
  const crew = insert('crew#2', 'crews', { boat_id: param('id') });
  expect(judged(fleet, [exists('boat#3')], { reads: [captain], writes: [crew] })).toBe(
    'infeasible',
  );
});

test('a row found by a key just made is the row made, and what was made with it is there', () => {
  const crew = insert('crew#3', 'crews', { boat_id: random });
  const sailor = insert('sailor#2', 'sailors', { crew_id: col('crew.id') });
  const reads = [
    query('crew', 'crews', [eq(col('crew.boat_id'), random)]),
    query('crew#2', 'crews', [eq(col('crew#2.boat_id'), random)]),
    query('sailor#3', 'sailors', [eq(col('sailor#3.crew_id'), col('crew#2.id'))]),
  ];
  const lost = [exists('crew'), exists('crew#2'), absent('sailor#3')];
  expect(judged(fleet, lost, { reads, writes: [crew, sailor] })).toBe('infeasible');
  const another = insert('crew#4', 'crews', { boat_id: random });
  expect(judged(fleet, lost, { reads, writes: [crew, another, sailor] })).toBe('solvable');
});
