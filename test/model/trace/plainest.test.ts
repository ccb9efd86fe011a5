import { expect, test } from 'vitest';
import {
  all,
  atom,
  formulaKey,
  isFalse,
  not,
  some,
  weightOf,
} from '../../../src/model/trace/formula.ts';
import { plainest } from '../../../src/model/trace/plainest.ts';
import { opaque } from '../../setup/model-builders.ts';

const said = (text: string) => atom(opaque(text, true));
const heavy = (name: string) => all(Array.from({ length: 6 }, (_, at) => said(`${name}${at}`)));

test('keeps the plainest of many alternatives', () => {
  const cut = plainest(some([said('a'), heavy('b'), heavy('c')]), 8);
  expect(formulaKey(cut)).toBe(formulaKey(said('a')));
});

test('stays as it is where the plainest sides exclude each other', () => {
  const formula = all([some([said('a'), heavy('b')]), some([not(said('a')), heavy('c')])]);
  const cut = plainest(formula, 8);
  expect(isFalse(cut)).toBe(false);
  expect(weightOf(cut)).toBe(weightOf(formula));
});
