import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

test('what an object has a getter for is what that gives, of the object itself, whenever it is asked', () => {
  const found = outcomes(
    trace(
      shop(`
      const made = { code: 'made_once' };
      const client = { made, get api() { return { code: this.made.code, other: this.missing }; } };
      app.get('/orders/:id', async (c) => {
        const { code, other } = client.api;
        return other === undefined ? c.json({ error: code }, 404) : c.json({});
      });`),
      'GET /orders/:id',
    ),
  );
  expect(found.map((each) => each.replace(/:.*/, ''))).toEqual(['made_once 404']);
});
