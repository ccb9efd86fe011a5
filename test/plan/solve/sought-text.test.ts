import { expect, test } from 'vitest';
import {
  absent,
  answer,
  body,
  col,
  column,
  compare,
  eq,
  lit,
  modelOf,
  query,
  refusal,
  route,
  table,
  uuidKey,
} from '../../setup/model-builders.ts';
import { planned } from '../../setup/planning.ts';

const titles = table('titles', [uuidKey, column('name', 'text'), column('retired', 'boolean')]);
const named = query('title', 'titles', [
  eq(col('title.name'), body('name')),
  eq(col('title.retired'), lit(false)),
]);
const shape = (name: object) => ({
  type: 'object',
  properties: { name: { type: 'string', ...name } },
  required: ['name'],
});

const lookUp = (name: object = {}) =>
  planned(
    modelOf(
      [titles],
      [
        route('POST', '/find', {
          body: shape(name),
          reads: [named],
          outcomes: [refusal(404, 'none', [absent('title')]), answer(200, [])],
        }),
      ],
    ),
  );

test('what must not be there is asked for by a text that no other run uses', () => {
  const { plan } = lookUp();
  expect(plan('POST /find › none').when[0]?.body).toEqual({ name: { unique: expect.any(String) } });
});

test('the row of a near miss bears the same text', () => {
  const { plan } = lookUp();
  const near = plan('POST /find › none › near: title.retired is not false');
  const [row] = Object.values(near.given.rows);
  expect(row).toMatchObject({ set: { retired: true, name: { unique: expect.any(String) } } });
});

test('a text of a form, a length or a list stays as it is', () => {
  for (const rule of [{ maxLength: 12 }, { pattern: '^[A-Z]' }, { enum: ['a', 'b'] }]) {
    expect(lookUp(rule).plan('POST /find › none').when[0]?.body).toEqual({
      name: expect.any(String),
    });
  }
});

test('a text that something else is asked of stays as it is', () => {
  const short = compare(body('name'), '=', lit('red'));
  const { plan } = planned(
    modelOf(
      [titles],
      [
        route('POST', '/find', {
          body: shape({}),
          reads: [named],
          outcomes: [refusal(404, 'none', [short, absent('title')])],
        }),
      ],
    ),
  );
  expect(plan('POST /find › none').when[0]?.body).toEqual({ name: 'red' });
});
