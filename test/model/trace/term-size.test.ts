import { expect, test } from 'vitest';
import { isTooLarge } from '../../../src/model/trace/term-size.ts';
import { toTerm } from '../../../src/model/trace/terms.ts';
import { literal, term, type Value } from '../../../src/model/trace/values.ts';

test('what is put together over and over is opaque before it is larger than memory, written out', () => {
  let value: Value = literal('a');
  for (let turn = 0; turn < 200; turn += 1) {
    const whole = toTerm(value);
    value = term({ kind: 'call', fn: 'concat', args: [whole, whole] });
  }
  expect(isTooLarge(toTerm(value))).toBe(false);
  expect(JSON.stringify(toTerm(value)).length).toBeLessThan(1_000_000);
});
