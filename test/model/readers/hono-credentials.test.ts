import { expect, test } from 'vitest';
import { hono } from '../../../src/model/readers/hono.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const traced = (guard: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { hono: '4' } }),
        'src/index.ts': `
          import { Hono } from 'hono';
          import { basicAuth } from 'hono/basic-auth';
          import { bearerAuth } from 'hono/bearer-auth';
          const app = new Hono();
          app.get('/x', ${guard}, (c) => c.text('ok', 202));
          export default app;`,
      },
      'GET /x',
      hono,
    ),
  );

const statuses = (found: readonly string[]) =>
  found.map((each) => each.replace(/^.*? (\d+):.*/, '$1')).sort();

test.each([
  `bearerAuth({ token: 'key' })`,
  `basicAuth({ username: 'ann', password: 'key' })`,
  `basicAuth({ verifyUser: (name, password, c) => password === c.req.param('key') })`,
  `bearerAuth({ verifyToken: async (token) => token === process.env.KEY })`,
])('%s refuses who has no right credentials', (guard) => {
  expect(new Set(statuses(traced(guard)))).toEqual(new Set(['202', '401']));
});
