import { expect, test } from 'vitest';
import {
  all,
  atom,
  type Formula,
  formulaKey,
  isFalse,
  not,
  some,
  weightOf,
} from '../../../src/model/trace/formula.ts';
import {
  bearable,
  plainest,
  plainestReasons,
  plainestSides,
  told,
} from '../../../src/model/trace/plainest.ts';
import { opaque } from '../../setup/model-builders.ts';

const said = (text: string) => atom(opaque(text, true));
const heavy = (name: string) => all(Array.from({ length: 6 }, (_, at) => said(`${name}${at}`)));

test('keeps the plainest of many alternatives', () => {
  const cut = plainest(some([said('a'), heavy('b'), heavy('c')]), 8);
  expect(formulaKey(cut)).toBe(formulaKey(said('a')));
});

test('keeps what holds in production before what holds in development alone', () => {
  const env = { kind: 'env', name: 'NODE_ENV' } as const;
  const right = { kind: 'literal', value: 'production' } as const;
  const { at } = opaque('env', true);
  const development = atom({ kind: 'environment', at, left: env, op: '!=', right });
  const cut = plainest(some([all([development, said('bypass')]), heavy('signed in')]), 8);
  expect(formulaKey(cut)).toBe(formulaKey(heavy('signed in')));
});

test('stays as it is where the plainest sides exclude each other', () => {
  const formula = all([some([said('a'), heavy('b')]), some([not(said('a')), heavy('c')])]);
  const cut = plainest(formula, 8);
  expect(isFalse(cut)).toBe(false);
  expect(weightOf(cut)).toBe(weightOf(formula));
});

test('leaves neither side of a branch out', () => {
  const signedIn = all([said('user'), some([said('fresh'), heavy('renewed'), heavy('lent')])]);
  const signedOut = some([said('nobody'), heavy('expired')]);
  const cut = plainestSides(signedIn, signedOut, 8);
  expect(formulaKey(cut)).toBe(
    formulaKey(some([all([said('user'), said('fresh')]), said('nobody')])),
  );
});

test('of ways that part early one of each side is kept, a heavy one cut down', () => {
  const key = said('key');
  const byKey = ['read', 'write', 'admin'].map((scope) => all([key, said(scope)]));
  const bySession = all([not(key), some([said('member'), heavy('invited'), heavy('owner')])]);
  const cut = plainest(some([...byKey, bySession]), 20);
  expect(formulaKey(cut)).toBe(
    formulaKey(some([all([key, said('read')]), all([not(key), said('member')])])),
  );
});

test('of a refusal for many reasons a way for each reason is kept, the plainest', () => {
  const reasons = ['archived', 'deleted', 'expired', 'spent'];
  const ways = reasons.flatMap((reason) => [
    all([heavy(`${reason} at once`), said(reason)]),
    all([heavy(`${reason} later`), heavy(`${reason} at last`), said(reason)]),
  ]);
  const refused = all([said('signed in'), some(ways)]);
  const texts = (formula: Formula): string[] =>
    formula.kind === 'atom'
      ? formula.condition.kind === 'opaque'
        ? [formula.condition.text]
        : []
      : formula.of.flatMap(texts);
  const kept = texts(plainestReasons(refused, 40));
  expect(kept.filter((each) => reasons.includes(each))).toEqual(reasons);
  expect(kept.some((each) => each.includes('later'))).toBe(false);
  expect(texts(plainest(refused, 40)).filter((each) => reasons.includes(each))).toHaveLength(1);
});

test('what weighs too much is one condition that cannot be told, the same for the same formula', () => {
  const met = new Map<string, number>();
  const made = () => some([all([heavy('a'), said('b')]), heavy('c')]);
  const left = bearable(made(), 40, met);
  expect(weightOf(left)).toBeLessThan(weightOf(made()));
  expect(formulaKey(bearable(made(), 40, met))).toBe(formulaKey(left));
  expect(formulaKey(bearable(some([made(), heavy('d')]), 40, met))).not.toBe(formulaKey(left));
  expect(weightOf(bearable(made(), 100, met))).toBe(weightOf(made()));
});

test('where each way is heavy, one of them is told in all that it asks for, and none where there is none', () => {
  const sides = Array.from({ length: 12 }, (_, at) =>
    some([all([said(`left ${at}`), heavy(`a${at}`)]), all([said(`right ${at}`), heavy(`b${at}`)])]),
  );
  const choices = all([said('signed in'), ...sides]);
  const cut = told(choices, 8, false);
  expect(weightOf(cut)).toBeLessThan(weightOf(choices));
  expect(isFalse(all([choices, cut]))).toBe(false);
  const neither = sides.flatMap((_, at) => [not(said(`left ${at}`)), not(said(`right ${at}`))]);
  const gone = all([
    some([said('x'), heavy('x')]),
    some([all(neither), all([...neither, heavy('y')])]),
  ]);
  const impossible = all([
    choices,
    some([said('p'), heavy('p')]),
    some([all([gone, said('q')]), all([gone, said('r')])]),
  ]);
  expect(isFalse(told(impossible, 8, false))).toBe(true);
});

test('another side of a branch is kept whatever it weighs, beside what holds on any side', () => {
  const key = said('key');
  const sides = [all([key, said('owner')]), all([not(key), heavy('session')])];
  const either = all([some(sides), heavy('member')]);
  expect(formulaKey(plainest(either, 40))).toBe(formulaKey(either));
  const withFlag = all([some([said('flag'), ...sides]), heavy('member')]);
  expect(formulaKey(plainest(withFlag, 40))).toBe(formulaKey(withFlag));
});
