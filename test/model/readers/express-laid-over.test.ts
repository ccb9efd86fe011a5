import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

function endings(code: string, route: string): string[] {
  const app = `
    import express from 'express';
    const app = express();
    app.use(express.json());
    ${code}
    app.listen(3000);`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { express: '~4.21.0' } });
  return outcomes(trace({ 'package.json': manifest, 'app.ts': app }, route, express));
}

const MOVED = `
  const moveToBody = (request, response, next) => {
    if (request.query) { request.body = request.body || {}; Object.assign(request.body, request.query); }
    if (request.params) { request.body = request.body || {}; Object.assign(request.body, request.params); }
    next();
  };
  const need = (name) => (request, response, next) => {
    const value = request.body[name];
    if (value === undefined) return response.status(400).send(name);
    request.p = request.p || {};
    request.p[name] = value;
    next();
  };
  const answer = (request, response) => response.status(request.p.id === 'raft' ? 200 : 404).end();`;

test('what was laid over the body is asked of the query and the path where none is sent', () => {
  const code = `${MOVED}
    app.get('/boats/:id', moveToBody, need('name'), need('id'), answer);`;
  expect(endings(code, 'GET /boats/:id')).toEqual([
    'name 400: missing query.name',
    '200 200: present query.name & params.id = "raft"',
    '404 404: present query.name & params.id != "raft"',
  ]);
});

test('a body that can be sent is asked itself', () => {
  const code = `${MOVED}
    app.post('/boats/:id', moveToBody, need('name'), need('id'), answer);`;
  expect(endings(code, 'POST /boats/:id')).toEqual([
    expect.stringMatching(/^\S+ 400: malformed body$/),
    expect.stringMatching(/^name 400: .*missing body\.name$/),
    expect.stringMatching(/^200 200: .*present body\.name & params\.id = "raft"$/),
    expect.stringMatching(/^404 404: .*present body\.name & params\.id != "raft"$/),
  ]);
});

test('before version 5 a parser leaves a body, and be it empty', () => {
  const code = `app.post('/boats', (request, response) => response.status(request.body ? 204 : 400).end());`;
  expect(endings(code, 'POST /boats').map((each) => each.slice(0, 7))).not.toContain('400 400');
});

test('what a question takes too much to say is asked as it stands', () => {
  const code = `
    const known = [process.env.HOST || 'pol.is', 'localhost:5000', ''];
    function isKnown(host) {
      let bare = host;
      if (host.startsWith('http://')) bare = host.slice(7);
      else if (host.startsWith('https://')) bare = host.slice(8);
      for (let i = 0; i < known.length; i++) {
        const one = known[i];
        if (bare.endsWith(one || '')) {
          if (bare === one) return true;
          if (bare[bare.length - ((one || '').length + 1)] === '.') return true;
        }
      }
      return false;
    }
    app.get('/boats', (request, response) => {
      let host = request.get('Origin') || request.get('Referer') || '';
      const result = /^[^/]*\\/\\/[^/]*/.exec(host);
      if (result && result[0]) host = result[0];
      response.status(isKnown(host) ? 200 : 403).end();
    });`;
  expect(endings(code, 'GET /boats')).toEqual([
    '200 200: [isKnown(host)]',
    '403 403: not [isKnown(host)]',
  ]);
});

test('a function hands on its arguments as they are', () => {
  const code = `
    function ask(isLoud, name) { return isLoud ? name.toUpperCase() : name; }
    function askSoftly(name) { return ask(false, ...arguments); }
    app.get('/boats', (request, response) =>
      response.status(askSoftly(request.query.name) === 'raft' ? 200 : 404).end());`;
  expect(endings(code, 'GET /boats').map((each) => each.slice(4))).toEqual([
    '200: query.name = "raft"',
    '404: query.name != "raft"',
  ]);
});
