import { expect, test } from 'vitest';
import type { Condition } from '../../src/condition/condition.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import {
  absent,
  answer,
  any,
  col,
  column,
  compare,
  environment,
  eq,
  exists,
  lit,
  modelOf,
  param,
  query,
  refusal,
  route,
  table,
  uuidKey,
} from '../setup/model-builders.ts';

const orders = table('orders', [uuidKey, column('total', 'integer')]);
const [coupon, gift, tier] = ['coupon', 'gift', 'tier'].map((name) =>
  query(name, 'orders', [eq(col(`${name}.id`), param('id'))]),
);
const worth = (row: string) => compare(col(`${row}.total`), '>', lit(0));
const optional = (row: string) => any([absent(row)], [worth(row)]);

function mixesWhere(...when: Condition[]) {
  const outcomes = [answer(200, when), refusal(409, 'worthless', when)];
  const reads = [coupon, gift, tier].flatMap((one) => one ?? []);
  return deriveScenarios(modelOf([orders], [route('GET', '/orders/:id', { reads, outcomes })]))
    .flatMap(({ id, variants }) => variants.map((variant) => ({ ...variant, of: id })))
    .filter(({ slug }) => slug.startsWith('with '));
}

test('every two sides of what a success leaves open meet in some mix', () => {
  const mixes = mixesWhere(optional('coupon'), optional('gift'), optional('tier'));
  const held = [['', '', ''], ...mixes.map(({ slug }) => slug.replace('with ', '').split(', '))];
  const names = ['coupon', 'gift', 'tier'];
  for (const [one, other] of [names.slice(0, 2), names.slice(1), ['coupon', 'tier']]) {
    const seen = new Set(
      held.map((mix) => [one, other].map((name) => mix.includes(`${name} exists`)).join()),
    );
    expect(seen).toEqual(new Set(['false,false', 'false,true', 'true,false', 'true,true']));
  }
  expect(mixes.length).toBeLessThan(2 ** names.length - 1);
});

test('the other side of "none" has one, whatever else is asked of it', () => {
  const mixes = mixesWhere(optional('coupon'), optional('gift'));
  const both = mixes.find(({ slug }) => slug === 'with coupon exists, gift exists');
  const kinds = both?.when.map(({ kind }) => kind).sort();
  expect(kinds).toEqual(['compare', 'compare', 'exists', 'exists']);
});

test('sides that contradict each other or what always holds are not mixed', () => {
  const mixes = mixesWhere(exists('gift'), optional('coupon'), optional('gift'));
  expect(mixes.map(({ slug }) => slug)).toEqual([
    'with gift exists',
    'with coupon exists, gift exists',
  ]);
});

test('refusals have none, nor does another environment', () => {
  const flag = any(
    [environment({ kind: 'env', name: 'FLAG' }, '=', lit('on'))],
    [environment({ kind: 'env', name: 'FLAG' }, '=', lit('off'))],
  );
  expect(mixesWhere(flag, optional('coupon'))).toEqual([]);
  const mixes = mixesWhere(optional('coupon'), optional('gift'));
  expect(new Set(mixes.map(({ of }) => of))).toEqual(new Set(['GET /orders/:id › 200']));
});
