import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces } from '../../../src/edges/cli/json.ts';

const whole = (value: unknown) => [...jsonPieces(value)].join('');

test('the pieces together are the same data as what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 9 }), (value) => {
      expect(JSON.stringify(JSON.parse(whole(value)))).toBe(JSON.stringify(value));
    }),
  );
});

test('what is not deep is written as JSON.stringify indents it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(whole(value)).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

test('what stands deep is on one line', () => {
  const deep = { a: { b: { c: { d: { e: { f: [1, { g: 2 }] } } } } } };
  expect(
    whole(deep)
      .split('\n')
      .filter((line) => /[fg]/.test(line)),
  ).toEqual([`${'  '.repeat(6)}"f": [1,{"g":2}]`]);
});

test('what JSON leaves out, or writes in its own way, is left out or written so', () => {
  const value = {
    ...{ gone: undefined, list: [undefined, [], {}], day: new Date(0), call: () => 1 },
    deep: { a: { b: { c: { d: { e: ['\n', { f: undefined }] } } } } },
  };
  expect(JSON.stringify(JSON.parse(whole(value)))).toBe(JSON.stringify(value));
});

test('hidden characters are escaped, in names too', () => {
  expect(whole({ 'a\u202e': ['\u200b'] })).toBe('{\n  "a\\u202e": [\n    "\\u200b"\n  ]\n}');
});

test('no piece is the whole', () => {
  const items = Array.from({ length: 1000 }, (_, id) => ({ id, conditions: [{ kind: 'exists' }] }));
  const longest = Math.max(...[...jsonPieces({ items })].map(({ length }) => length));
  expect(longest).toBeLessThan(100);
});

test.each(['scenarios fixtures/apps/library --json --no-cache', 'eval --help'])(
  'who reads no further ends nothing with an error: %s',
  async (line) => {
    const args = ['src/edges/cli/bin.js', ...line.split(' ')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).not.toContain('EPIPE');
  },
);
