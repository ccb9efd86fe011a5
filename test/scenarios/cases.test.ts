import { expect, test } from 'vitest';
import type { Condition } from '../../src/condition/condition.ts';
import type { Case, Query } from '../../src/model/model.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import {
  absent,
  answer,
  body,
  col,
  column,
  environment,
  eq,
  input,
  inputCompare,
  lit,
  modelOf,
  opaque,
  param,
  query,
  route,
  table,
  uuidKey,
} from '../setup/model-builders.ts';

const orders = table('orders', [uuidKey, column('state', 'text')]);
const found = query('order#found', 'orders', [eq(col('order#found.id'), param('id'))]);

function modelWith(when: Condition[], ...cases: { when: Condition[]; rows?: Query[] }[]) {
  const told = cases.map(({ when: each, rows = [] }, at): Case => {
    return { id: String(at), when: each, rows, without: [], body: [] };
  });
  const outcome = { ...answer(200, when), cases: told };
  return modelOf([orders], [route('PUT', '/orders/:id', { reads: [], outcomes: [outcome] })]);
}

const slugs = (...of: Parameters<typeof modelWith>) =>
  deriveScenarios(modelWith(...of)).flatMap(({ variants }) => variants.map(({ slug }) => slug));

test('each case that data and a request can bring about is a variant', () => {
  expect(
    slugs(
      [],
      { when: [absent('order#found')], rows: [found] },
      { when: [input('missing', 'body', 'note')] },
      { when: [opaque('isFine(order)', true)] },
      { when: [environment({ kind: 'env', name: 'BETA' }, '=', lit('1'))] },
    ),
  ).toEqual(['case: no order#found', 'case: body.note missing']);
});

test('a case that the ending itself asks for, or excludes, is none', () => {
  const kind = (op: '=' | '!=', value: string) => inputCompare(body('kind'), op, lit(value));
  expect(slugs([kind('=', 'a')], { when: [kind('=', 'a')] }, { when: [kind('!=', 'a')] })).toEqual(
    [],
  );
});
