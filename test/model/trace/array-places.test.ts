import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

const ending = (code: string) =>
  outcomes(
    trace(
      {
        'app.ts': `
          import { Hono } from 'hono';
          const RANKS = ['deckhand', 'mate', 'captain'];
          export const app = new Hono();
          app.get('/boats', (c) => {
            const rank = c.req.query('rank');
            ${code}
            return c.json({});
          });`,
      },
      'GET /boats',
    ),
  );

test('where a value stands in a list is compared with where another one does', () => {
  expect(
    ending(`
      if (RANKS.indexOf(rank) < RANKS.indexOf('mate')) return c.json({ error: 'rank' }, 403);`),
  ).toEqual([
    'rank 403: (query.rank = "deckhand" | not query.rank in ("deckhand", "mate", "captain"))',
    '200 200: query.rank != "deckhand" & query.rank in ("deckhand", "mate", "captain")',
  ]);
  expect(
    ending(`if (RANKS.indexOf('captain') !== 2) return c.json({ error: 'never' }, 500);`),
  ).toEqual(['200 200: ']);
});

test('whether a value stands in a list at all is asked as one', () => {
  expect(
    ending(`const at = RANKS.indexOf(rank); if (at === -1) return c.json({ error: 'rank' }, 400);`),
  ).toEqual([
    'rank 400: not query.rank in ("deckhand", "mate", "captain")',
    '200 200: query.rank in ("deckhand", "mate", "captain")',
  ]);
});

test('a list that is turned round is read from its end, one that is sorted in no order', () => {
  const asked = (list: string) =>
    ending(`if ((${list}).indexOf('captain') === 0) return c.json({ error: 'first' }, 409);`);
  expect(asked('[...RANKS].reverse()')).toEqual(['first 409: ']);
  const inAnyOrder = '[...RANKS].sort().map((each) => each)';
  expect(asked(inAnyOrder)).toHaveLength(2);
  expect(
    ending(`if (${inAnyOrder}.indexOf('mate') === -1) return c.json({ error: 'never' }, 500);`),
  ).toEqual(['200 200: ']);
});
