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

test('a value of many cases is among what all of them are among', () => {
  const code = (list: string) => `
    const LIST = ${list};
    const found = (() => {
      if (/^[0-9]+$/.test(rank)) {
        switch (rank) { case '1': return 'deckhand'; case '2': return 'mate'; case '3': return 'captain'; default: return null; }
      }
      const parts = rank.split('-');
      const joined = \`\${parts[0] || 'x'}-\${parts[1] || 'y'}\`;
      if (['first-mate', 'second-mate'].includes(joined)) return joined;
      if (RANKS.includes(rank)) return rank;
      if (rank.startsWith('c')) return 'captain';
      if (rank.startsWith('m')) return 'mate';
      return rank.startsWith('d') ? 'deckhand' : null;
    })();
    if (!found) return c.json({ error: 'unknown' }, 400);
    if (!LIST.includes(found)) return c.json({ error: 'other' }, 500);`;
  const ids = (list: string) => ending(code(list)).map((each) => each.split(':')[0]);
  expect(ids(`[...RANKS, 'first-mate', 'second-mate']`)).toEqual(['unknown 400', '200 200']);
  expect(ids(`[...RANKS, 'first-mate']`)).toEqual(['unknown 400', 'other 500', '200 200']);
});
