import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (text: string) => outcomes(trace(shop(text), 'GET /orders/:id')).sort();

test('what a function puts into variables around it before one of its returns stays with that return', () => {
  const found = traced(`app.get('/orders/:id', async (c) => {
      let isExpress = false;
      let note = 'none';
      const look = (wanted) => {
        if (!wanted) return;
        if (wanted === 'slow') {
          note = 'slow';
          return;
        }
        isExpress = true;
      };
      look(c.req.query('speed'));
      if (note === 'slow') return c.json({}, 202);
      return isExpress ? c.json({}, 201) : c.json({}, 200);
    });`);
  expect(found).toEqual([
    '200 200: (missing query.speed | query.speed != "slow") & (missing query.speed | query.speed = "slow")',
    '201 201: present query.speed & query.speed != "slow"',
    '202 202: present query.speed & query.speed = "slow"',
  ]);
});
