import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

test.each([
  `import invariant from 'tiny-invariant';`,
  `import invariant from 'invariant';`,
  `import { invariant } from 'ts-invariant';`,
])('what does not hold is thrown: %s', (imported) => {
  const app = `${imported}
    import express from 'express';
    const app = express();
    app.get('/boats', (request, response) => {
      const { name } = request.query;
      invariant(name, 'a name is needed');
      invariant(true, 'never');
      response.status(204).end();
    });
    app.use((error, request, response, next) => response.status(400).json({ error: error.message }));
    app.listen(3000);`;
  expect(outcomes(trace({ 'app.ts': app }, 'GET /boats', express))).toEqual([
    'a-name-is-needed 400: missing query.name',
    '204 204: present query.name',
  ]);
});
