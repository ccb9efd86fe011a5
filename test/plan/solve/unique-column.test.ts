import { expect, test } from 'vitest';
import {
  answer,
  body,
  column,
  insert,
  modelOf,
  route,
  table,
  uuidKey,
} from '../../setup/model-builders.ts';
import { planned } from '../../setup/planning.ts';

const keyed = (expression: string) => ({
  ...table('members', [uuidKey, column('handle', 'text')]),
  uniques: [
    {
      ...{ name: null, columns: [], where: null, nullsNotDistinct: false },
      expressions: [expression],
    },
  ],
});

const handleFor = (expression: string) => {
  const made = insert('made', 'members', { handle: body('handle') });
  const outcomes = [answer(201, [], ['made'])];
  const properties = { handle: { type: 'string' } };
  const shape = { type: 'object', properties, required: ['handle'] };
  const at = route('POST', '/members', { body: shape, writes: [made], outcomes });
  const { plan } = planned(modelOf([keyed(expression)], [at]));
  return plan('POST /members › 201').when[0]?.body;
};

test('a column that is unique without regard to case gets a value no other run uses', () => {
  for (const expression of ['lower(handle)', 'upper((handle)::text)', 'LOWER("handle")']) {
    expect(handleFor(expression)).toEqual({ handle: { unique: expect.any(String) } });
  }
});

test('part of a value that is unique says nothing of the whole', () => {
  expect(handleFor('left(handle, 3)')).toEqual({ handle: expect.any(String) });
});
