import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const said = (found: readonly string[]) => found.map((each) => each.replace(/^.*? (\d+):.*/, '$1'));

const traced = (handler: string, setUp = '') =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
        'app.ts': `
          import fs from 'node:fs';
          import { pipeline as through } from 'node:stream';
          import archiver from 'archiver';
          import { streamText } from 'ai';
          import { toNodeHandler } from 'better-auth/node';
          import { getSession } from 'somewhere';
          import express from 'express';
          const app = express();
          ${setUp}
          app.post('/x', async (req, res) => {${handler}});
          app.listen(3000);`,
      },
      'POST /x',
      express,
    ),
  );

test.each([
  ['a stream that is piped into it', `fs.createReadStream('x').pipe(res);`],
  ['one behind a local name', `through(fs.createReadStream('x'), res, () => {});`],
  ['a package’s archive', `const zip = archiver('zip'); zip.pipe(res); zip.finalize();`],
  ['a result that fills it', `streamText({}).pipeTextStreamToResponse(res);`],
  ['a handler of a package', `return toNodeHandler({})(req, res);`],
  ['parts that are written', `res.writeHead(200); res.write(': open'); req.on('close', () => {});`],
  ['headers that are sent off', `res.flushHeaders(); setInterval(() => res.write('x'), 100);`],
])('the response is answered by %s', (_, handler) => {
  expect(said(traced(handler))).toContain('200');
});

test('the status that was set before stands', () => {
  expect(said(traced(`res.status(206); fs.createReadStream('x').pipe(res);`))).toEqual(['206']);
});

test('who is merely shown the response does not answer', () => {
  const found = traced(`await getSession(req, res); res.status(204).end();`);
  expect(said(found)).not.toContain('200');
});

test('what is written in a loop ends where the code ends it', () => {
  const found = traced(`for (const each of req.body) res.write(each); res.end();`);
  expect(said(found).filter((each) => each === '200')).toHaveLength(1);
});

test('a parser shows the body as it came to `verify`, where one was sent', () => {
  const verify = 'verify: (req, _res, raw) => { req.rawBody = raw; }';
  const found = traced(
    `if (!req.rawBody) { res.status(409).end(); return; } res.status(201).end();`,
    `app.use(express.json({ ${verify} }));`,
  );
  expect(found.find((each) => each.includes(' 409:'))).toMatch(/ 409: missing body$/);
  expect(found.find((each) => each.includes(' 201:'))).toMatch(/ 201: present body$/);
});

test('Fastify’s `reply.raw` is Node’s response', () => {
  const found = outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { fastify: '5' } }),
        'app.ts': `
          import fs from 'node:fs';
          import Fastify from 'fastify';
          const app = Fastify();
          app.get('/x', async (request, reply) => {
            reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
            fs.createReadStream('x').pipe(reply.raw);
            return reply;
          });
          app.listen({ port: 3000 });`,
      },
      'GET /x',
      fastify,
    ),
  );
  expect(said(found)).toEqual(['200']);
});
