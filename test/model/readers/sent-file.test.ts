import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const traced = (handler: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
        'app.ts': `
          import express from 'express';
          const app = express();
          app.get('/files/:name', (req, res) => {${handler}});
          app.listen(3000);`,
      },
      'GET /files/:name',
      express,
    ),
  );

const said = (found: readonly string[]) => found.map((each) => each.replace(/^.*? (\d+):.*/, '$1'));

test('a file that is sent has answers of its own', () => {
  const found = traced(`res.sendFile(req.params.name, { root: './files' });`);
  expect(said(found).sort()).toEqual(['200', '206', '304', '400', '403', '404', '412', '416']);
  expect(found).toContainEqual(
    expect.stringMatching(/ 304: .*<sendFile finds the file>.* & headers.if-none-match = "\*"$/),
  );
  expect(found).toContainEqual(expect.stringMatching(/ 404: .*not <sendFile finds the file>$/));
});

test('a callback is told what a file could not be sent for', () => {
  const found = traced(
    `res.download('files/' + req.params.name, (error) => {
      if (error && !res.headersSent) res.status(410).json({ error: 'gone' });
    });`,
  );
  expect([...new Set(said(found))].sort()).toEqual(['200', '206', '304', '410']);
});

test('a file that no request names is there, and no name leads out of its folder', () => {
  expect(said(traced(`res.sendFile('/srv/index.html');`)).sort()).toEqual([
    '200',
    '206',
    '304',
    '412',
    '416',
  ]);
});

test("an error's page is sent whole", () => {
  const found = traced(`
    if (req.params.name === 'lost') { res.status(404); res.sendFile('/srv/lost.png'); return; }
    res.json({});`);
  expect(found).toEqual(['404 404: params.name = "lost"', '200 200: params.name != "lost"']);
});
