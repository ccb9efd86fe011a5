import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

/** What is asked where a middleware leaves out requests to a path that is put together. */
const asked = (path: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
        'app.ts': `
          import express from 'express';
          import path from 'node:path';
          import unless from 'express-unless';
          import join from 'url-join';
          const signedIn = (req: any, res: any, next: any) =>
            req.headers.authorization ? next() : res.sendStatus(401);
          signedIn.unless = unless;
          const LOGIN = '/login';
          const app = express();
          app.use(signedIn.unless({ path: [${path}] }));
          app.get('/api/login', (req: any, res: any) => res.sendStatus(204));
          app.listen(3000);`,
      },
      'GET /api/login',
      express,
    ),
  );

test('paths that are joined of known parts are known', () => {
  expect(asked(`join('/api', LOGIN)`)).toEqual(['204 204: ']);
  expect(asked(`path.join('/api/', '.', LOGIN)`)).toEqual(['204 204: ']);
  expect(asked(`join('/api', 'me')`)).toEqual([
    '401 401: missing headers.authorization',
    '204 204: present headers.authorization',
  ]);
});
