import { expect, test } from 'vitest';
import { outcomes, traceAll } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (code: string) =>
  outcomes(traceAll(shop(`app.get("/orders", (c) => {${code}});`), 'GET /orders'));

test('a text of the request that is no address is refused where it is read as one', () => {
  const found = traced(`const from = c.req.header('origin');
    if (!from) return c.json({ mine: true });
    try {
      const hosts = ['harbour.example', 'localhost'];
      if (!hosts.includes(new URL(from).hostname)) return c.json({ error: 'stranger' }, 403);
    } catch { return c.json({ error: 'no address' }, 400); }
    return c.body(null, 204);`);
  expect(found).toEqual([
    '200 200: missing headers.origin',
    'stranger 403: present headers.origin & isUrl(headers.origin) = true & not urlPart(headers.origin, "hostname") in ("harbour.example", "localhost")',
    'no-address 400: present headers.origin & isUrl(headers.origin) != true',
    '204 204: present headers.origin & isUrl(headers.origin) = true & urlPart(headers.origin, "hostname") in ("harbour.example", "localhost")',
  ]);
});

test('an address that was asked about throws no more', () => {
  const found = traced(`const from = c.req.query('from') ?? '';
    if (!URL.canParse(from)) return c.json({ error: 'no address' }, 400);
    const url = new URL(from);
    if (url.protocol !== 'https:') return c.json({ error: 'open' }, 400);
    return c.body(null, 204);`);
  expect(found).toEqual([
    'no-address 400: isUrl((present query.from ? query.from : "")) != true',
    'open 400: isUrl((present query.from ? query.from : "")) = true & urlPart((present query.from ? query.from : ""), "protocol") != "https:"',
    '204 204: isUrl((present query.from ? query.from : "")) = true & urlPart((present query.from ? query.from : ""), "protocol") = "https:"',
  ]);
});

test('what has no catch ends in an error, and an address on another is left alone', () => {
  expect(traced(`return c.json({ to: new URL(c.req.query('to')).host });`)).toEqual([
    '200 200: isUrl(query.to) = true',
    'TypeError 500: isUrl(query.to) != true',
  ]);
  expect(
    traced(`return c.json({ to: new URL(c.req.query('to'), 'https://a.example').host });`),
  ).toEqual(['200 200: ']);
});
