import { expect, test } from 'vitest';
import { all, atom, formulaKey, isTrue, not, some } from '../../../src/model/trace/formula.ts';
import { object } from '../../../src/model/trace/terms.ts';
import { truth } from '../../../src/model/trace/truth.ts';
import { UNDEFINED } from '../../../src/model/trace/values.ts';
import { trace } from '../../setup/trace.ts';

const said = (text: string) =>
  atom({
    kind: 'opaque',
    at: { file: 'app.ts', line: 1, hash: '' },
    text,
    holds: true,
    terms: [],
  } as never);

test('a choice of something and nothing is there when its condition holds, as that is written', () => {
  const [a, b, c] = [said('a'), said('b'), said('c')] as const;
  const when = some([a, all([not(a), some([b, c])])]);
  const value = { kind: 'choice', when, yes: object(), no: UNDEFINED } as const;
  expect(formulaKey(truth(value, {} as never))).toBe(formulaKey(when));
});

const PARTS = Array.from({ length: 80 }, (_, at) => `typeof key.part${at} === 'string'`);

test('what a guard was given is there, however heavy the way past it', () => {
  const found = trace(
    {
      'app.ts': `
import { Hono } from 'hono';
const app = new Hono();
const byKey = (c) => {
  const key = JSON.parse(c.req.header('x-key'));
  return key.whole && (${PARTS.join(' || ')}) ? { id: 'key' } : null;
};
const stored = (c) => {
  if (c.req.header('x-session')) return { of: 'session' };
  if (c.req.header('x-token')) return { of: 'token' };
  return c.req.header('x-device') ? { of: 'device' } : null;
};
const byToken = (c) => {
  const found = stored(c);
  return found ? { id: found.of } : null;
};
function authenticate(c) {
  const key = byKey(c);
  if (key) return key;
  const token = byToken(c);
  if (token) return token;
  throw new Error('Unauthorized');
}
app.use(async (c, next) => {
  c.set('auth', authenticate(c));
  await next();
});
app.get('/a', (c) => {
  if (!c.get('auth')) return c.json({ error: 'none' }, 401);
  return c.json({ ok: true });
});
`,
    },
    'GET /a',
  );
  expect(found.outcomes.map(({ status }) => status)).toEqual([500, 500, 500, 200]);
});

test('what is true on either side of a choice is true, whatever decides it', () => {
  const [a, b, c] = [said('a'), said('b'), said('c')] as const;
  const when = some([all([a, b]), all([not(a), c])]);
  const value = { kind: 'choice', when, yes: object(), no: object() } as const;
  expect(isTrue(truth(value, {} as never))).toBe(true);
});
