import { expect, test } from 'vitest';
import type { Case } from '../../src/model/model.ts';
import { solvePlans } from '../../src/plan/solve.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import {
  absent,
  answer,
  col,
  column,
  eq,
  exists,
  input,
  modelOf,
  param,
  query,
  route,
  table,
  uuidKey,
} from '../setup/model-builders.ts';

const orders = table('orders', [uuidKey, column('state', 'text')]);
const found = query('order#found', 'orders', [eq(col('order#found.id'), param('id'))]);

test('an update is planned with the row that it finds, and with none', () => {
  const cases = [absent('order#found'), exists('order#found')].map((condition, at): Case => {
    return { id: String(at), when: [condition], rows: [found], without: [], body: [] };
  });
  const outcome = { ...answer(200, []), cases };
  const model = modelOf(
    [orders],
    [route('PUT', '/orders/:id', { reads: [], outcomes: [outcome] })],
  );
  const { plans } = solvePlans(model, deriveScenarios(model));
  const rows = plans.map(({ id, given }) => [id, Object.keys(given.rows).length]);
  expect(rows).toEqual([
    ['PUT /orders/:id › 200', 0],
    ['PUT /orders/:id › 200 › case: no order#found', 0],
    ['PUT /orders/:id › 200 › case: order#found exists', 1],
  ]);
});

test('a case that its ending is planned with anyway needs no plan of its own', () => {
  const cases = (['missing', 'present'] as const).map((is): Case => {
    return { id: is, when: [input(is, 'query', 'state')], rows: [], without: [], body: [] };
  });
  const outcome = { ...answer(200, []), cases };
  const model = modelOf([orders], [route('GET', '/orders', { reads: [], outcomes: [outcome] })]);
  const { plans, alike } = solvePlans(model, deriveScenarios(model));
  expect(plans.map(({ id }) => id)).toEqual([
    'GET /orders › 200',
    'GET /orders › 200 › case: query.state present',
  ]);
  expect(alike).toEqual({ 'GET /orders › 200 › case: query.state missing': 'GET /orders › 200' });
});
