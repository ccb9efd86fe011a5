import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

const app = `
import { Hono } from 'hono';
import { z } from 'zod';
const flag = (fallback: boolean) =>
  z.enum(['on', 'off']).optional().transform((value) => (value ? value === 'on' : fallback));
const env = z.object({ CLOSED: flag(false) }).parse(process.env);
export const app = new Hono().get('/', (c) =>
  env.CLOSED ? c.json({ error: 'closed' }, 503) : c.json({ open: true }),
);
`;

test('a flag that a schema transforms is known by the text that switches it on', () => {
  const [closed, open] = outcomes(trace({ 'app.ts': app }, 'GET /'));
  expect(closed).toContain('env.CLOSED = "on"');
  expect(open).toContain('env.CLOSED != "on"');
});
