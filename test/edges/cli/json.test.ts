import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces } from '../../../src/edges/cli/json.ts';

const whole = (value: unknown) => [...jsonPieces(value)].join('');

test('the pieces together are what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 7 }), (value) => {
      expect(whole(value)).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

test('what JSON leaves out, or writes in its own way, is left out or written so', () => {
  const value = {
    ...{ gone: undefined, list: [undefined, [], {}], day: new Date(0), call: () => 1 },
    deep: { a: { b: { c: { d: { e: ['\n', { f: undefined }] } } } } },
  };
  expect(whole(value)).toBe(JSON.stringify(value, null, 2));
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
