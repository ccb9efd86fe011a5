import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { problem } from '../../src/plan/check/context.ts';
import { coverSubject } from '../../src/plan/cover.ts';
import type { WireLevel, WireState } from '../../src/plan/wire.ts';
import { level, loyal, made } from '../setup/vouchers.ts';

const subject = (...levels: WireLevel[]) => loyal('gold', { title: 'A customer', levels });
const fine = { check: () => [] };
/** Refuses states whose title has all of these texts. */
const refusing = (...texts: string[]) => ({
  check: ({ title }: WireState) =>
    texts.every((text) => title.includes(text)) ? [problem('checkFails', 'given')] : [],
});
const mixes = (covered: ReturnType<typeof coverSubject>) =>
  covered.states.map(({ mix }) => mix.map(({ title }) => title).join(' '));

const [A1, A2] = [level('a', 'a1'), level('a', 'a2', { 'customer.tier': 'basic' })];
const [B1, B2] = [level('b', 'b1'), level('b', 'b2', { 'voucher.cents': 0 })];

test('a subject without dimensions is one state', () => {
  expect(mixes(coverSubject(subject(), fine))).toEqual(['']);
});

test('with one dimension each of its levels is a state', () => {
  expect(mixes(coverSubject(subject(A1), fine))).toEqual(['a1']);
  expect(mixes(coverSubject(subject(A1, A2), fine))).toEqual(['a1', 'a2']);
});

test('each two levels of two dimensions meet', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.property(sizes, (counts) => {
      const levels = counts.flatMap((count, at) =>
        Array.from({ length: count }, (_, index) => level(`${at}`, `${at}.${index}`)),
      );
      const { states, apart, findings } = coverSubject(subject(...levels), fine);
      const met = (a: WireLevel, b: WireLevel) =>
        states.some(({ mix }) => mix.includes(a) && mix.includes(b));
      for (const a of levels) {
        for (const b of levels) expect(met(a, b)).toBe(a === b || a.dimension !== b.dimension);
      }
      expect([apart, findings]).toEqual([[], []]);
    }),
  );
});

test('levels that contradict are kept apart, and each is met elsewhere', () => {
  const other = level('b', 'b3', { 'customer.tier': 'gold' });
  const covered = coverSubject(subject(A1, A2, B1, other), fine);
  expect(mixes(covered).toSorted()).toEqual(['a1 b1', 'a1 b3', 'a2 b1']);
  expect(covered).toMatchObject({ apart: ['A customer: a2 + b3'], findings: [] });
});

test('a level that can meet no level of another dimension is met without', () => {
  const gold = ['b1', 'b2'].map((title) => level('b', title, { 'customer.tier': 'gold' }));
  const covered = coverSubject(subject(A1, A2, ...gold), fine);
  expect(mixes(covered).toSorted()).toEqual(['a1 b1', 'a1 b2', 'a2']);
});

test('a combination that the checks refuse spoils no other, and no level is blamed', () => {
  const covered = coverSubject(subject(A1, A2, B1, B2), refusing('a2', 'b2'));
  expect(mixes(covered).toSorted()).toEqual(['a1 b1', 'a1 b2', 'a2 b1']);
  expect(covered).toMatchObject({ apart: ['A customer: a2 + b2'], findings: [] });
});

test('levels that can’t meet take no other pair with them', () => {
  const others = ['c1', 'c2', 'd1', 'd2'].map((title) => level(title[0]!, title));
  const covered = coverSubject(subject(A1, A2, B1, B2, ...others), refusing('a2', 'b2'));
  expect(covered.apart).toEqual(['A customer: a2 + b2']);
});

test('what only three levels come to is left out as well', () => {
  const third = level('c', 'c1');
  const covered = coverSubject(subject(A1, A2, B1, B2, third), refusing('a2', 'b2', 'c1'));
  expect(mixes(covered)).not.toContain('a2 b2 c1');
  expect(covered.apart).toContain('A customer: a2 + b2');
});

test('a level that is wrong by itself is told by name, and the others go on', () => {
  const { states, findings } = coverSubject(subject(A1, A2, B1, B2), refusing('a2'));
  expect(states.map(({ state }) => state.title)).toEqual([
    'A customer: a1; b1',
    'A customer: a1; b2',
  ]);
  expect(findings).toMatchObject([
    { code: 'plan.checkFails', at: { path: 'A customer › a › a2: given' } },
  ]);
});

test('a dimension of which no level stands does not keep the others from meeting', () => {
  const covered = coverSubject(subject(A1, A2, level('c', 'bad')), refusing('bad'));
  expect(mixes(covered)).toEqual(['a1', 'a2']);
  expect(covered.findings).toHaveLength(1);
});

test('of a base that is wrong nothing is built, and its levels are not blamed', () => {
  const covered = coverSubject(subject(A1, B1), refusing('A customer'));
  expect(covered).toMatchObject({ states: [], apart: [] });
  expect(covered.findings).toMatchObject([{ at: { path: 'A customer: given' } }]);
});

test('cells and names that are not the level’s to use are told', () => {
  const more = [made('more', 'vouchers', [])];
  const covered = coverSubject(
    subject(
      level('a', 'adds', {}, more),
      level('a', 'adds the same instead', {}, more),
      level('b', 'clashes', {}, more),
      level('b', 'takes the base’s', {}, [made('voucher', 'vouchers', [])]),
      level('c', 'reaches over', { 'more.cents': 1 }),
    ),
    fine,
  );
  expect(covered.findings.map(({ code, at }) => `${code} ${at.path}`)).toEqual([
    'plan.takenName A customer › b › clashes: rows.more',
    'plan.takenName A customer › b › takes the base’s: rows.voucher',
    'plan.unknownRow A customer › c › reaches over: cells.more.cents',
  ]);
  expect(mixes(covered)).toEqual(['adds', 'adds the same instead']);
});

test('what stands already is not built again, and new levels meet the old ones', () => {
  const once = coverSubject(subject(A1, A2, B1), fine);
  const earlier = once.states.map(({ mix }) => mix);
  expect(coverSubject(subject(A1, A2, B1), { ...fine, earlier })).toMatchObject({
    ...{ states: [], apart: [], findings: [] },
  });
  expect(mixes(coverSubject(subject(A1, A2, B1, B2), { ...fine, earlier })).toSorted()).toEqual([
    'a1 b2',
    'a2 b2',
  ]);
});

test('dimensions and levels without end are cut before they are combined', () => {
  const levels = Array.from({ length: 10_000 }, (_, at) => level(`${at % 100}`, `level ${at}`));
  const { states, findings } = coverSubject(subject(...levels), fine);
  expect(states.length).toBeLessThan(40);
  expect(findings).toMatchObject([
    { code: 'plan.tooManyLevels', severity: 'warning', facts: { dimensions: 100, levels: 100 } },
  ]);
});
