import { describe, expect, it } from 'vitest';
import { negate } from '../../src/condition/logic.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import type { Variant } from '../../src/scenarios/scenarios.ts';
import { clinic } from '../setup/clinic-model.ts';
import {
  absent,
  answer,
  any,
  body,
  col,
  column,
  compare,
  eq,
  exists,
  external,
  input,
  inputCompare,
  lit,
  modelOf,
  opaque,
  param,
  query,
  refusal,
  route,
  table,
  uuidKey,
} from '../setup/model-builders.ts';

const orders = table('orders', [
  uuidKey,
  column('status', 'order_status', { values: ['open', 'paid'] }),
]);
const order = query('order', 'orders', [eq(col('order.id'), param('id'))]);
const paid = compare(col('order.status'), '=', lit('paid'));

function derived(...outcomes: Parameters<typeof route>[2]['outcomes'] & object) {
  return deriveScenarios(
    modelOf([orders], [route('GET', '/orders/:id', { reads: [order], outcomes })]),
  );
}

describe('deriveScenarios', () => {
  it('names endings by their code, else by their status', () => {
    const ids = deriveScenarios(clinic).map((scenario) => scenario.id);
    expect(ids).toContain('POST /desk/appointments › slot_full');
    expect(ids).toContain('POST /desk/appointments › 201');
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells endings with one code apart by the shortest condition that separates them', () => {
    const found = derived(refusal(404, 'gone', [any([absent('order')], [exists('order'), paid])]));
    expect(found.map((scenario) => scenario.id).sort()).toEqual([
      'GET /orders/:id › gone (no order)',
      'GET /orders/:id › gone (order exists)',
    ]);
  });

  it('leaves out a way that leaves nothing of another disjunction', () => {
    const kind = (said: string) => inputCompare(body('kind'), '=', lit(said));
    const [a, b] = [kind('a'), kind('b')];
    const [sent, none] = [input('present', 'headers', 'x'), input('missing', 'headers', 'x')];
    const either = any([sent, a], [none, b]);
    const found = derived(
      answer(200, [either, exists('order')]),
      refusal(404, 'gone', [either, any([none, a, absent('order')], [none, b, paid])]),
      refusal(409, 'never', [either, sent, b]),
    );
    expect(found.filter(({ id }) => id.includes('gone'))).toHaveLength(1);
    const never = found.find(({ id }) => id.includes('never'));
    expect(never).toMatchObject({ feasibility: 'infeasible' });
    expect(never?.reason).toMatch(/^nothing is left of /);
  });

  it('takes the ways one field can be wrong as one', () => {
    const wrong = any(
      [input('missing', 'body', 'name')],
      [inputCompare(body('name'), '=', lit(''))],
    );
    expect(derived(refusal(400, 'name_missing', [wrong]))).toHaveLength(1);
  });

  it('tells the ways apart that lead elsewhere instead of to the route’s work', () => {
    const away = answer(302, [any([absent('order')], [exists('order'), paid])]);
    const found = derived(
      { ...away, kind: 'redirect' },
      answer(200, [exists('order'), negate(paid)]),
    );
    expect(found.map((scenario) => scenario.id).sort()).toEqual([
      'GET /orders/:id › 200',
      'GET /orders/:id › 302 (no order)',
      'GET /orders/:id › 302 (order exists)',
    ]);
    expect(derived({ ...away, kind: 'redirect' })).toHaveLength(1);
  });

  it('drops alternatives that contradict themselves', () => {
    const found = derived(
      refusal(409, 'settled', [exists('order'), any([paid], [negate(paid), paid])]),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.feasibility).toBe('solvable');
  });

  it.each([
    [
      'two literals',
      [exists('order'), paid, compare(col('order.status'), '=', lit('open'))],
      /contradicts/,
    ],
    ['existence', [exists('order'), absent('order')], /contradicts/],
    [
      'an enum',
      [exists('order'), compare(col('order.status'), '=', lit('lost'))],
      /one of open, paid/,
    ],
  ])('calls an ending infeasible over %s', (_, when, reason) => {
    const [scenario] = derived(answer(200, when));
    expect(scenario?.feasibility).toBe('infeasible');
    expect(scenario?.reason).toMatch(reason);
  });

  it('leaves out errors that no code tells of where nothing brings them about', () => {
    const both = [exists('user'), absent('user')];
    const untold = { ...refusal(500, '', both), code: null, error: 'TypeError' };
    const told = { ...refusal(500, 'broken', both), error: 'Broken' };
    const derived = deriveScenarios(
      modelOf([], [route('GET', '/users/:id', { reads: [], outcomes: [untold, told] })]),
    );
    expect(derived.map(({ id, feasibility }) => [id, feasibility])).toEqual([
      ['GET /users/:id › broken', 'infeasible'],
    ]);
  });

  it('says what it cannot read and what it depends on', () => {
    expect(derived(answer(200, [opaque('isHoliday()', true)]))[0]?.feasibility).toBe('opaque');
    expect(derived(answer(200, [external('bank', true)]))[0]?.feasibility).toBe('external');
  });

  it('never proposes more than three variants, but for each reason that a schema refuses for', () => {
    const isRule = ({ when }: Variant) => when.some((each) => 'rule' in each);
    const counts = deriveScenarios(clinic).map(
      ({ variants }) => variants.filter((each) => !isRule(each)).length,
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(3);
    expect(Math.max(...counts)).toBeGreaterThan(0);
  });
});
