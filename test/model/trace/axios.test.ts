import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

test('what the app throws itself is no error of axios; what a third party fails with may be one', () => {
  const found = trace(
    {
      'app.ts': `
        import { Hono } from 'hono';
        import axios from 'axios';
        const app = new Hono();
        app.get('/', async (c) => {
          try {
            if (c.req.query('day') === 'none') throw new Error('no day');
            const { data } = await axios.get('https://tides.test');
            return c.json({ data });
          } catch (error) {
            if (axios.isAxiosError(error)) return c.json({ error: 'tides' }, 502);
            return c.json({ error: 'own' }, 400);
          }
        });
        export default app;`,
    },
    'GET /',
  );
  expect(outcomes(found)).toEqual([
    '200 200: query.day != "none" & <axios.get>',
    'own 400: (query.day = "none" | not <axios.get> & not [axios.isAxiosError(error)])',
    'tides 502: query.day != "none" & not <axios.get> & [axios.isAxiosError(error)]',
  ]);
});
