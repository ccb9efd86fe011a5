import { expect, test } from 'vitest';
import { either, literal, type Value } from '../../../src/model/static/value.ts';

test('one of several values is none of them twice', () => {
  let value: Value = either([literal(1), literal(2)]);
  for (let times = 0; times < 40; times += 1) value = either([value, value]);
  expect(value).toEqual(either([literal(1), literal(2)]));
});

test('what may be any of too many is not known', () => {
  expect(either(Array.from({ length: 1000 }, (_, index) => literal(index))).kind).toBe('unknown');
});
