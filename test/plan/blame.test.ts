import { expect, test } from 'vitest';
import { finding } from '../../src/kernel/finding.ts';
import { blame } from '../../src/plan/blame.ts';
import { level, loyal } from '../setup/vouchers.ts';

const subject = loyal('gold', { title: 'A customer' });
const failed = finding('proof.diverted', { severity: 'warning', path: 'GET /' });
const [a1, a2, b1, b2] = ['a1', 'a2', 'b1', 'b2'].map((title) => level(title[0]!, title));
const of = (mix: unknown[], fails: boolean) => ({
  mix: mix as (typeof subject)['levels'],
  failed: fails ? failed : null,
});

test('where nothing failed nothing is blamed', () => {
  expect(blame(subject, [])).toEqual({ findings: [], apart: [] });
  expect(blame(subject, [of([a1], false)])).toEqual({ findings: [], apart: [] });
});

test('where all failed it is the base', () => {
  expect(blame(subject, [of([a1, b1], true), of([a2, b2], true)])).toMatchObject({
    findings: [{ code: 'proof.diverted', at: { path: 'A customer: GET /' } }],
    apart: [],
  });
});

test('where all with a level failed it is the level', () => {
  const tried = [of([a1, b1], false), of([a1, b2], true), of([a2, b2], true), of([a2, b1], false)];
  expect(blame(subject, tried)).toMatchObject({
    findings: [{ at: { path: 'A customer › b › b2: GET /' } }],
    apart: [],
  });
});

test('else it is the combination', () => {
  const tried = [of([a1, b1], false), of([a1, b2], false), of([a2, b2], true), of([a2, b1], false)];
  expect(blame(subject, tried)).toEqual({ findings: [], apart: ['A customer: a2 + b2'] });
});

test('a level of an earlier answer is the same by what it says', () => {
  const again = structuredClone(a2);
  expect(blame(subject, [of([a2], false), of([again], true)])).toEqual({
    ...{ findings: [], apart: ['A customer: a2'] },
  });
});
