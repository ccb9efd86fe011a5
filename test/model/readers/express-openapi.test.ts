import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { programOf } from '../../setup/code.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const APP = `
const express = require('express');
const { initialize } = require('express-openapi');
const path = require('path');
const app = express();
initialize({
  app,
  apiDoc: {
    openapi: '3.0.0',
    info: { title: 'harbour', version: '1' },
    servers: [{ url: 'https://one.example/v1' }, { url: '/v1' }],
    paths: {},
    components: {
      securitySchemes: { Badge: { type: 'apiKey', in: 'header', name: 'x-badge' }, Crew: { type: 'apiKey', in: 'header', name: 'x-crew' } },
      schemas: { Boat: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1 } } } },
    },
    'x-express-openapi-additional-middleware': [
      function open(req, res, next) { if (req.headers['x-closed']) return res.status(503).json({ error: 'closed' }); next(); },
    ],
  },
  paths: path.resolve(__dirname, 'paths'),
  dependencies: { quays: { find: (id) => (id === '7' ? { id } : null) } },
  promiseMode: true,
  consumesMiddleware: { 'application/json': express.json() },
  securityHandlers: {
    Badge: async (req) => { if (req.headers['x-badge'] === 'stolen') throw { status: 403, message: 'stolen' }; return req.headers['x-badge'] === 'b'; },
    Crew: (req) => req.headers['x-crew'] === 'c',
  },
  errorMiddleware: (error, req, res, next) => { res.status(error.status || 500).json({ error: error.errorCode || (error.errors ? 'invalid' : error.message) }); },
});
app.listen(process.env.PORT);`;

const FILES = {
  'src/app.js': APP,
  'src/paths/boats/index.js': `
    const POST = [(req, res) => res.status(201).json({ name: req.body.name })];
    POST.apiDoc = {
      security: [{ Badge: [], Crew: [] }, { Badge: [] }],
      requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Boat' } } } },
      responses: { 201: { description: 'made' } },
    };
    module.exports = { POST };`,
  'src/paths/boats/{boatId}.js': `
    exports.GET = [
      (req, res, next) => (req.params.boatId === 1 ? next(new Error('first')) : next()),
      async (req, res) => { if (req.query.fail) throw new Error('late'); res.json({ id: req.params.boatId }); },
    ];
    exports.GET.apiDoc = {
      parameters: [
        { in: 'path', name: 'boatId', required: true, schema: { type: 'integer', minimum: 1 } },
        { in: 'query', name: 'fail', schema: { type: 'string', enum: ['yes'] } },
      ],
      responses: { 200: { description: 'one' } },
    };`,
  'src/paths/quays/{id}.js': `
    module.exports = function (quays) {
      const operations = { get };
      function get(req, res) {
        const found = quays.find(req.params.id);
        return found ? res.json(found) : res.status(404).json({ error: 'no_quay' });
      }
      get.apiDoc = { parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string' } }], responses: { 200: { description: 'one' } } };
      return operations;
    };`,
};

const manifest = JSON.stringify({
  name: 'app',
  dependencies: { express: '4', 'express-openapi': '12' },
});
const of = (route: string) =>
  outcomes(trace({ 'package.json': manifest, ...FILES }, route, express)).map(
    (each) => each.split(':')[0],
  );

test('operations of path modules are routes below each server', () => {
  const { endpoints, findings } = express.read(
    programOf({ 'package.json': manifest, ...FILES }),
    '.',
  );
  expect(findings).toEqual([]);
  expect(endpoints.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'GET /v1/api-docs',
    'GET /v1/boats/:boatId',
    'GET /v1/quays/:id',
    'POST /v1/boats',
  ]);
});

test('bodies are parsed, handlers of security asked, then the request held against the document', () => {
  expect(of('POST /v1/boats')).toEqual([
    'SyntaxError 400',
    'stolen 403',
    'authentication.openapi.security 401',
    'invalid 400',
    'closed 503',
    '201 201',
  ]);
});

test('parameters are checked, and errors of all steps go to the error middleware', () => {
  expect(of('GET /v1/boats/:boatId')).toEqual([
    'invalid 400',
    'closed 503',
    'first 500',
    'late 500',
    '200 200',
  ]);
});

test('modules that are functions are given what they name', () => {
  expect(of('GET /v1/quays/:id')).toEqual(['closed 503', '200 200', 'no_quay 404']);
  expect(of('GET /v1/api-docs')).toEqual(['200 200']);
});
