import { expect, test } from 'vitest';
import { next } from '../../../src/model/readers/next.ts';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const codes = (found: readonly string[]) =>
  found.map((each) => each.replace(/(~\S+)?( \d+)?:.*/, '$2')).sort();
const traced = (text: string) => codes(outcomes(trace(shop(text), 'GET /orders/:id')));

test('what is put around other work is followed as often as it stands within itself', () => {
  const found = traced(`import { trace } from '@opentelemetry/api';
    const tracer = trace.getTracer('shop');
    const span = (name, work) =>
      tracer.startActiveSpan(name, async (span) => { return await work(); });
    const spanned = (name, work) => (...args) => span(name, () => work(...args));
    const check = spanned('check', async (c) => {
      if (!c.req.header('x-key')) throw new HTTPException(401, { message: 'no key' });
      return 'key';
    });
    app.get('/orders/:id', spanned('route', (c) =>
      span('all', () => span('one', () => span('two', async () => {
        const key = await check(c);
        return c.json({ key });
      })))));`);
  expect(found).toEqual(['200 200', 'no-key 401']);
});

test('a function that calls itself ends', () => {
  const found =
    traced(`const walk = (depth, visit) => { visit(depth); return walk(depth + 1, visit); };
    app.get('/orders/:id', (c) => { walk(0, () => undefined); return c.json({}); });`);
  expect(found).toEqual(['200 200']);
});

test('a function is no text', () => {
  const found = traced(`const made = (create) => (create === 'inherit' ? 500 : create());
    app.get('/orders/:id', (c) => c.json({ error: 'refused' }, made(() => 403)));`);
  expect(found).toEqual(['refused 403']);
});

test('a number written as text, where a setting may say another', () => {
  const found = traced(`const setting = (otherwise) => {
      const own = process.env.DELAY;
      if (own === undefined) return otherwise;
      return own;
    };
    app.get('/orders/:id', (c) => {
      const delay = +setting('0');
      if (delay && process.env.DELAY === undefined) return c.json({ error: 'never' }, 500);
      return c.json({});
    });`);
  expect(found).toEqual(['200 200']);
});

test('entries of a query are any there are, and bytes are what they were made of', () => {
  const route = `export async function GET(req) {
    const url = new URL(req.url);
    for (const [key, value] of url.searchParams.entries()) {
      if (value.length <= 8) continue;
      url.searchParams.set(key, value.slice(0, 4));
    }
    const body = new TextEncoder().encode(JSON.stringify({ code: 'GONE' }));
    return new Response(body, { status: 410 });
  }`;
  const texts = {
    'package.json': JSON.stringify({ name: 'app', dependencies: { next: '16' } }),
    'app/api/orders/route.ts': route,
  };
  expect(outcomes(trace(texts, 'GET /api/orders', next))).toEqual(['GONE 410: ']);
});

test('each of many answers is told that one function makes of its errors', () => {
  const names = Array.from({ length: 30 }, (_, index) => `E${index}`);
  const checks = names.map(
    (name) => `if (c.req.query('${name}')) throw new Known(400, '${name}');`,
  );
  const found = traced(`class Known extends Error {
      constructor(status, code) { super(code); this.status = status; this.code = code; }
    }
    const answered = (work) => async (c) => {
      try { return await work(c); } catch (error) {
        const { status, code } = error;
        return c.req.header('x-always') ? c.json({ code }, 200) : c.json({ code }, status);
      }
    };
    const shown = answered(async (c) => {${checks.join('\n')} return c.json({}); });
    app.get('/orders/:id', async (c) => {
      const answer = await shown(c);
      return answer;
    });`);
  expect(found).toEqual(
    ['200 200', ...names.flatMap((name) => [`${name} 200`, `${name} 400`])].sort(),
  );
});
