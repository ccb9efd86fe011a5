import { expect, test } from 'vitest';
import type { Query, Write } from '../../src/model/model.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import {
  absent,
  answer,
  col,
  column,
  eq,
  exists,
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
    refusal(404, 'gone', [exists('boat'), absent(again.id)]),
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
