import { expect, test } from 'vitest';
import type { Condition } from '../../../src/condition/condition.ts';
import { trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const LUHN = `
  const PATTERN = /^GC-(\\d{4})-(\\d{4})$/;
  export function sumOf(digits: string): number {
    let sum = 0;
    for (let i = 0; i < digits.length; i++) {
      let digit = Number(digits[digits.length - 1 - i]);
      if (i % 2 === 1) {
        digit *= 2;
        if (digit > 9) digit -= 9;
      }
      sum += digit;
    }
    return sum;
  }
  function isValid(code: string): boolean {
    const match = PATTERN.exec(code);
    if (!match) return false;
    return sumOf(match.slice(1).join('')) % 10 === 0;
  }`;

/** The unreadable conditions of a route that refuses what `isValid` doesn't like. */
function unread(isValid: string): (Condition & { kind: 'opaque' })[] {
  const files = shop(`
    ${isValid}
    app.get('/codes/:code', async (c) => {
      const code = c.req.param('code').trim().toUpperCase();
      if (!isValid(code)) return c.json({ error: 'mistyped' }, 400);
      return c.json({ code });
    });`);
  const parts = (item: Condition): Condition[] =>
    item.kind === 'any' ? item.of.flat().flatMap(parts) : [item];
  const { outcomes } = trace(files, 'GET /codes/:code');
  const found = outcomes.flatMap(({ when }) => when.flatMap(parts));
  return found.filter((item) => item.kind === 'opaque');
}

test('finds texts with a right and with a wrong check digit by reading the function', () => {
  const [mistyped, right, ...others] = unread(LUHN);
  expect(others).toEqual([]);
  expect([mistyped?.holds, right?.holds]).toEqual([false, true]);
  expect(mistyped?.examples).toEqual(right?.examples);
  expect(right?.examples).toMatchObject({
    term: { kind: 'call', fn: 'upper' },
    yes: expect.arrayContaining(['GC-1111-1119']),
    no: expect.arrayContaining(['GC-1111-1111']),
  });
});

test('follows callbacks, string methods and remainders of a weighted sum', () => {
  const [found] = unread(`
    const weights = [2, 7, 6, 5];
    const isValid = (code: string) => {
      if (!/^[A-Z]{2}\\d{5}$/.test(code)) return false;
      const sum = [...code.slice(2, 6)].reduce((all, each, at) => all + Number(each) * weights[at]!, 0);
      return String(sum % 10) === code.at(-1);
    };`);
  expect(found?.examples?.yes).toEqual(['AA11110', expect.any(String), expect.any(String)]);
  expect(found?.examples?.no).toContain('AA11111');
});

test.each([
  ['asks the world', 'const isValid = (code: string) => Boolean(lookUp(code).ok);'],
  [
    'never ends',
    'function isValid(code: string) { for (;;) { if (code === later()) return true; } }',
  ],
  [
    'grows without end',
    'function isValid(code: string) { let t = code; while (true) t += t; return odd(t) === 1; }',
  ],
])('says nothing of a function that %s', (_, isValid) => {
  for (const { examples } of unread(isValid)) expect(examples).toBeUndefined();
});
