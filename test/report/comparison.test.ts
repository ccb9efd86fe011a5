import { expect, it } from 'vitest';
import { compareThen, differences } from '../../src/report/comparison.ts';

const then = {
  status: 422,
  body: { 'error.code': 'expired', total: { json: { a: 1, b: 2 } }, id: { ref: 'order.id' } },
  text: { present: ['Sorry'], absent: ['Thanks'] },
};
const seen = {
  status: 422,
  body: { error: { code: 'expired' }, total: { b: 2, a: 1 }, id: 7 },
  location: null,
  text: 'Sorry, it is over',
};

it('finds each expected fact, however keys are ordered, and leaves bound values open', () => {
  const facts = compareThen(then, seen).map(({ fact, fits }) => [fact, fits]);
  expect(facts).toEqual([
    ...[
      ['status', true],
      ['body.error.code', true],
      ['body.total', true],
      ['body.id', null],
    ],
    ...[
      ['shows', true],
      ['does not show', true],
    ],
  ]);
  expect(differences(compareThen(then, seen))).toBe('');
});

it('names what did not come back, once each', () => {
  const other = { ...seen, status: 200, body: { error: 'expired' }, text: 'Thanks' };
  expect(differences(compareThen(then, other))).toBe(
    'status: expected 422, got 200; body.error.code: expected "expired", got nothing; ' +
      'body.total: expected {"a":1,"b":2}, got nothing; body.id: expected order.id, got nothing; ' +
      'shows: expected Sorry, got not shown; does not show: expected Thanks, got shown',
  );
});

it('claims nothing where nothing was fired', () => {
  for (const row of compareThen(then, null))
    expect(row).toMatchObject({ observed: null, fits: null });
});

it('does not find facts on the prototype', () => {
  const [, row] = compareThen({ ...then, body: { 'constructor.name': 'Object' } }, seen);
  expect(row?.fits).toBe(false);
});
