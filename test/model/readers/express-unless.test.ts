import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const dependencies = { express: '4', 'express-jwt': '8', 'express-unless': '2' };
const APP = `
  import express from 'express';
  import { expressjwt } from 'express-jwt';
  import { unless } from 'express-unless';
  const app = express();
  const keyed = (req, res, next) => {
    if (!req.headers['x-key']) return res.status(401).json({ error: 'who' });
    next();
  };
  keyed.unless = unless;
  const open = ['/login', /^\\/public\\//, { url: '/items', methods: ['GET'] }];
  app.use(keyed.unless({ path: open, custom: (req) => req.query.pass === 'open' }));
  app.use('/signed', expressjwt({ secret: 's', algorithms: ['HS256'] }).unless({ path: ['/signed/free'] }));
  const answer = (req, res) => res.json({});
  app.get('/login', answer);
  app.get('/public/:id', answer);
  app.get('/items', answer);
  app.post('/items', answer);
  app.get('/signed/free', answer);
  app.get('/signed/all', answer);
  app.listen(3000);`;

const of = (route: string) => {
  const manifest = JSON.stringify({ name: 'app', dependencies });
  return outcomes(trace({ 'package.json': manifest, 'app.ts': APP }, route, express));
};

const KEYED = [
  'who 401: query.pass != "open" & missing headers.x-key',
  '200 200: (present headers.x-key | query.pass = "open")',
];

test('a middleware runs for the requests that it does not leave out', () => {
  for (const route of ['GET /login', 'GET /public/:id', 'GET /items'])
    expect(of(route)).toEqual(['200 200: ']);
  expect(of('POST /items')).toEqual(KEYED);
  expect(of('GET /signed/free')).toEqual(KEYED);
});

test('and so do those of packages', () => {
  const statuses = of('GET /signed/all').map((each) => each.split(':')[0]);
  expect(statuses).toEqual([
    'who 401',
    'UnauthorizedError~invalid-headers.authorization 401',
    'UnauthorizedError~missing-headers.authorization 401',
    '200 200',
  ]);
});
