import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

test('guards that one factory makes are told apart by what they were given', () => {
  const found = trace(
    shop(`const guard = (roles) => async (c, next) => {
      const granted = rolesOf(c).some((role) => roles.includes(role));
      if (!granted) return c.json({ error: 'forbidden' }, 403);
      await next();
    };
    app.get('/orders', guard(['admin', 'clerk']), guard(['admin']), (c) => c.json({ ok: true }));`),
    'GET /orders',
  );
  expect(outcomes(found).map((each) => each.replace(/^.*? /, ''))).toEqual([
    '403: not [granted]',
    '403: [granted] & not [granted]',
    '200: [granted] & [granted]',
  ]);
});
