import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const HANDLERS = `
  async function makeHandlers() {
    const auth = (rank) => (request, response, next) => {
      if (request.query.rank !== rank) { response.status(403).end('rank'); return; }
      next();
    };
    const handle_GET_boat = (request, response) => response.json({});
    const returned: any = { auth, handle_GET_boat };
    return returned;
  }`;

const REGISTERING = `(o) => {
  const { auth, handle_GET_boat } = o;
  app.get('/boat', auth('captain'), handle_GET_boat);
  app.listen(3000);
}`;

function endings(code: string): string[] {
  const app = `
    import express from 'express';
    ${code.startsWith('import') ? '' : HANDLERS}
    const app = express();
    ${code}`;
  return outcomes(trace({ 'app.ts': app }, 'GET /boat', express));
}

test.each([
  `const ready = new Promise((resolve, reject) => { resolve(makeHandlers()); });
   ready.then(${REGISTERING}, (error) => console.error(error));`,
  `Promise.resolve(makeHandlers()).then(${REGISTERING});`,
  `Promise.all([makeHandlers()]).then(([o]) => (${REGISTERING})(o));`,
])('routes are registered with what a promise gives: %s', (code) => {
  expect(endings(code)).toEqual([
    expect.stringMatching(/^rank 403: /),
    expect.stringMatching(/^200 200: /),
  ]);
});

test.each([
  ["import Bluebird from 'bluebird';", 'new Bluebird((resolve) => resolve(makeHandlers()))'],
  [
    "import { Promise as Later } from 'bluebird';",
    'new Later((resolve) => resolve(makeHandlers()))',
  ],
  ["import * as Bluebird from 'bluebird';", 'Bluebird.try(makeHandlers)'],
])('promises of a package: %s', (imported, made) => {
  expect(endings(`${imported}${HANDLERS}; ${made}.then(${REGISTERING});`)).toHaveLength(2);
});
