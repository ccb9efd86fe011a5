import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const endings = (code: string) =>
  outcomes(trace(shop(`app.get('/orders', async (c) => {${code}});`), 'GET /orders')).sort();

test('powers that are written out are numbers', () => {
  expect(
    endings(`
      if (2 ** 31 !== 2147483648 || 12 * 1000 >= 2 ** 31) return c.json({ error: 'never' }, 500);
      let most = 3;
      most **= 2;
      return most === 9 ? c.json({}) : c.json({ error: 'nor' }, 500);`),
  ).toEqual(['200 200: ']);
});

test('a text after a plus is a number as any other', () => {
  const found = endings(`
      const delay = +(process.env.DELAY ?? '0');
      if (!Number.isFinite(delay)) return c.json({ error: 'never' }, 500);
      return delay > 10 ? c.json({}, 202) : c.json({});`);
  expect(found.map((each) => each.replace(/:.*/, ''))).toEqual(['200 200', '202 202']);
});
