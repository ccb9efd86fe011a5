import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/kernel/digest.ts';

test('keys stand in code-unit order at every depth, and what is undefined is left out', () => {
  const value = { b: [{ d: 1, c: undefined, a: null }], a: { é: 1, z: 2, Z: 3 }, 10: 0, 9: 0 };
  expect(canonicalJson(value)).toBe(
    '{"9":0,"10":0,"a":{"Z":3,"z":2,"é":1},"b":[{"a":null,"d":1}]}',
  );
});

test('a key that names the prototype is a key', () => {
  const text = '{"__proto__":{"admin":true},"a":1}';
  expect(canonicalJson(JSON.parse(text))).toBe(text);
});
