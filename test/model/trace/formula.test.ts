import { expect, test } from 'vitest';
import type { Condition } from '../../../src/condition/condition.ts';
import { noFacts, withFact } from '../../../src/model/trace/facts.ts';
import { all, atom, formulaKey, not, some } from '../../../src/model/trace/formula.ts';

const flag = (name: string, { line = 1, value = 1 } = {}): Condition => ({
  kind: 'environment',
  at: { file: 'src/shop.ts', line, symbol: 'shop', hash: name },
  left: { kind: 'env', name },
  op: '=',
  right: { kind: 'literal', value },
});

test('what is written the same at the same places is made once', () => {
  const open = () => all([atom(flag('OPEN')), some([atom(flag('SALE')), atom(flag('MEMBER'))])]);
  expect(open()).toBe(open());
  expect(not(open())).toBe(not(open()));
});

test('what stands elsewhere keeps its place', () => {
  const here = atom(flag('OPEN'));
  const there = atom(flag('OPEN', { line: 9 }));
  expect(formulaKey(there)).toBe(formulaKey(here));
  expect(there.kind === 'atom' && there.condition.at.line).toBe(9);
  const either = [here, there].map((each) => some([each, atom(flag('SALE'))]));
  expect(either[0]).not.toBe(either[1]);
});

test('facts found one after another are the same facts the next time', () => {
  const found = () => {
    const open = withFact(noFacts(), atom(flag('OPEN')));
    return open && withFact(open, not(atom(flag('SALE'))));
  };
  expect(found()).toHaveLength(2);
  expect(found()).toBe(found());
});

test('numbers that no JSON tells apart are told apart', () => {
  const than = (value: number) => atom(flag('OPEN', { value }));
  expect(than(Number.NaN)).not.toBe(than(Number.POSITIVE_INFINITY));
});
