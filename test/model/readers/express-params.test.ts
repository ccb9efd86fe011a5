import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const of = (route: string, code: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
        'app.ts': `
          import express from 'express';
          const app = express();
          ${code}
          app.use((error, req, res, next) => res.status(error.status ?? 500).json({ error: error.code }));
          app.listen(3000);`,
      },
      route,
      express,
    ),
  );

const FLEET = `
  const fleet = express.Router({ mergeParams: true });
  fleet.get('/boats/:boat', (req, res) => res.json({ boat: req.boat }));
  fleet.put('/boats/:boat', (req, res) => res.sendStatus(204));
  fleet.get('/boats', (req, res) => res.json([]));
  fleet.param('boat', (req, res, next, boat, name) => {
    if (boat === 'none') return next({ status: 404, code: 'no-such-' + name });
    req.boat = boat;
    next();
  });
  app.param(['fleet', 'port'], (req, res, next, fleet) => {
    if (fleet === 'sunk') return res.status(410).json({ error: 'sunk' });
    next();
  });
  app.use('/fleets/:fleet', fleet);
  app.get('/', (req, res) => res.sendStatus(204));`;

test('what a router runs for a parameter comes before whatever has it in its own path', () => {
  const sunk = 'sunk 410: params.fleet = "sunk"';
  const floats = 'params.fleet != "sunk"';
  expect(of('GET /fleets/:fleet/boats/:boat', FLEET)).toEqual([
    sunk,
    `no-such-boat 404: ${floats} & params.boat = "none"`,
    `200 200: ${floats} & params.boat != "none"`,
  ]);
  expect(of('GET /fleets/:fleet/boats', FLEET)).toEqual([sunk, `200 200: ${floats}`]);
  expect(of('GET /', FLEET)).toEqual(['204 204: ']);
});

test('a parameter is run for once, however many steps have it', () => {
  const code = `
    let seen = 0;
    app.param('id', (req, res, next, id) => {
      if (req.found) return res.sendStatus(500);
      req.found = id;
      next();
    });
    app.use('/a/:id', (req, res, next) => next());
    app.get('/a/:id', (req, res, next) => next(), (req, res) => res.json({ found: req.found }));`;
  expect(of('GET /a/:id', code)).toEqual(['200 200: ']);
});

test('a response goes on behind whatever it is told, and is formed as was asked for', () => {
  expect(
    of(
      'GET /a',
      `app.get('/a', (req, res) => res.status(201).location('/b').json({ made: true }));`,
    ),
  ).toEqual(['201 201: ']);
  const format = (more: string) => `app.get('/a', (req, res) => res.format({
    json: () => res.status(200).json({}),
    'text/html': () => res.status(203).send('<p>'),
    ${more}
  }));`;
  expect(of('GET /a', format(''))).toEqual([
    '203 203: headers.accept = "text/html"',
    'not-acceptable 406: headers.accept = "application/x-none"',
    '200 200: headers.accept != "text/html" & headers.accept != "application/x-none"',
  ]);
});

test('what a request says of its connection is not known', () => {
  const code = `app.get('/a', (req, res) => {
    if (!req.secure) return res.redirect('https://' + req.hostname);
    res.sendStatus(req.xhr ? 204 : 200);
  });`;
  expect(of('GET /a', code)).toEqual([
    '302 302: not [req.secure]',
    '204 204: [req.secure] & headers.x-requested-with = "XMLHttpRequest"',
    '200 200: [req.secure] & headers.x-requested-with != "XMLHttpRequest"',
  ]);
});
