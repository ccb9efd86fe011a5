import { describe, expect, test } from 'vitest';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { programOf } from '../../setup/code.ts';

const MANIFEST = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });

function read(text: string, others: Readonly<Record<string, string>> = {}) {
  const app = `import fastify from 'fastify';
    const app = fastify();
    ${text}`;
  const program = programOf({ 'package.json': MANIFEST, 'app.ts': app, ...others });
  const { endpoints, findings } = fastify.read(program, '.');
  return {
    routes: endpoints.map(({ method, path }) => `${method} ${path}`),
    handlers: endpoints.map(({ chain }) => chain.at(-1)?.expression.getText()),
    findings: findings.map(({ code, facts }) => `${code} ${facts['reason']}`),
  };
}

describe('collections that an app fills before it starts', () => {
  test('a map that a class fills by methods, read through its keys', () => {
    const router = `
      export class Router {
        protected _routes: Map<string, { method: string; path: string }[]> = new Map();
        private register(method: string, url: string) {
          const path = url.split('?')[0];
          const existing = this._routes.get(path);
          if (!existing) {
            this._routes.set(path, [{ method, path }]);
            return;
          }
          existing.push({ method, path });
          this._routes.set(path, existing);
        }
        get(url: string) { this.register('get', url); }
        put(url: string) { this.register('put', url); }
        routes() { return this._routes; }
      }`;
    const { routes, findings } = read(
      `import { Router } from './router';
      const commands = [
        (router) => router.put('/:Bucket/*?uploadId'),
        (router) => router.put('/:Bucket/*'),
        (router) => router.get('/:Bucket'),
        (router) => router.get('/:Bucket/*'),
      ];
      app.register(async (scope) => {
        const router = new Router();
        commands.forEach((command) => command(router));
        const all = router.routes();
        Array.from(all.keys()).forEach((path) => {
          const here = all.get(path);
          if (!here || here?.length === 0) return;
          new Set(here.map((each) => each.method)).forEach((method) => {
            scope.register(async (inner) => {
              inner[method](path, { exposeHeadRoute: false }, answer);
              if (!path.endsWith('*')) inner[method](path + '/more', {}, answer);
            });
          });
        });
      }, { prefix: '/s3' });`,
      { 'router.ts': router },
    );
    expect(routes).toEqual([
      'PUT /s3/:Bucket/*path',
      'GET /s3/:Bucket/*path',
      'GET /s3/:Bucket',
      'GET /s3/:Bucket/more',
    ]);
    expect(findings).toEqual([]);
  });

  test('pairs, spread, loops, sizes and removals', () => {
    const { routes, handlers, findings } = read(`
      const pages = new Map([['/a', first], ['/b', second], ['/gone', second]]);
      pages.delete('/gone');
      for (const [path, handler] of pages) app.get(path, handler);
      for (const [path, handler] of pages.entries()) app.post(path, handler);
      [...pages.values()].map((handler, at) => app.put('/at/' + at, handler));
      const again = new Map(pages).set('/c', (request) => 'c');
      again.forEach((handler, path) => app.patch(path, handler));
      if (pages.has('/gone')) app.get('/never', first);
      if (pages.size === 2) app.get('/two', again.get('/c'));
      const names = new Set(['/x', '/y', '/x']);
      names.add('/z').delete('/y');
      for (const name of names) app.delete(name, first);
      class Pages extends Map { addPage(path) { this.set(path, first); return this; } }
      const [[own]] = new Pages().addPage('/own');
      app.get(own, first);
      const table = Object.fromEntries(again);
      app.get('/table', table['/c']);
      function first() {}
      function second() {}`);
    expect(routes).toEqual([
      'GET /a',
      'GET /b',
      'POST /a',
      'POST /b',
      'PUT /at/0',
      'PUT /at/1',
      'PATCH /a',
      'PATCH /b',
      'PATCH /c',
      'GET /two',
      'DELETE /x',
      'DELETE /z',
      'GET /own',
      'GET /table',
    ]);
    expect(handlers[8]).toBe("(request) => 'c'");
    expect(handlers[9]).toBe("(request) => 'c'");
    expect(handlers.at(-1)).toBe("(request) => 'c'");
    expect(findings).toEqual(['model.unresolvedRoute it stands in code that nothing seems to run']);
  });

  test('what is not known in a map is a finding, what is known of it a route', () => {
    const { routes, findings } = read(`
      import { extra } from 'somewhere';
      const pages = new Map([['/a', first]]);
      pages.set(extra, first);
      for (const [path, handler] of pages) app.get(path, handler);
      function first() {}`);
    expect(routes).toEqual(['GET /a']);
    expect(findings).toEqual(['model.unresolvedRoute the path is not known']);
  });

  test('what a switch puts into a variable is any of it, behind a list too', () => {
    const { routes } = read(`
      const mode = process.env.MODE || 'all';
      let chosen = [];
      switch (mode) {
        case 'all':
          chosen = ['/a', '/b'];
          break;
        case 'some':
          chosen = ['/b'];
          break;
      }
      for (const path of ['/c'].concat(chosen)) app.get(path, async () => 1);`);
    expect(routes).toEqual(['GET /c', 'GET /a', 'GET /b']);
  });
});
