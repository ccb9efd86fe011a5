import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Key } from '../../../evals/endings/key.ts';
import { scoreEndings } from '../../../evals/scorers/endings.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { branchesOf } from '../../../src/model/readers/react-router/branches.ts';
import { routesOf } from '../../../src/model/readers/react-router/module-routes.ts';
import { settingsOf } from '../../../src/model/readers/react-router/settings.ts';
import { planModel } from '../../../src/operations/plan.ts';
import { readModel } from '../../../src/operations/reading.ts';
import { programOf } from '../../setup/code.ts';
import { copied, written } from '../../setup/next-types.ts';
import { reactRouterRoutes } from '../../setup/react-router-routes.ts';

const APP = new URL('../../../fixtures/apps/allotments/', import.meta.url).pathname;
const PAGE = 'export default function Page() { return null; }';
const MANIFEST = JSON.stringify({ name: 'app', type: 'module' });
const VITE = `
  import { reactRouter } from '@react-router/dev/vite';
  export default { plugins: [reactRouter()] };`;

function pages(...files: readonly string[]): Record<string, string> {
  return Object.fromEntries(['root.tsx', ...files].map((file) => [`app/${file}`, PAGE]));
}

/** Paths as we have them, each with the modules it leads through; parameters are filled in for the framework. */
function ours(texts: Readonly<Record<string, string>>) {
  const program = programOf(texts);
  const routes = routesOf(program, '.', settingsOf(program, '.'));
  if (!routes) throw new Error('no root');
  expect(routes.findings).toEqual([]);
  return branchesOf(routes.root).map(({ path, entries }) => ({
    path: path.replace(/\*\w+/, 'a/b').replace(/:\w+/g, 'x'),
    ids: entries.map(({ id }) => id),
  }));
}

function agrees(texts: Readonly<Record<string, string>>, hidden: readonly string[] = []): void {
  const all = { 'package.json': MANIFEST, 'vite.config.ts': VITE, ...texts };
  const theirs = reactRouterRoutes(written(all));
  const found = ours(all);
  expect(found.map(({ path, ids }) => [path, ids])).toEqual(
    found.map(({ path }) => [path, theirs.match(path)]),
  );
  const leaves = [...new Set(found.map(({ ids }) => ids.at(-1)))];
  expect([...leaves, ...hidden].sort()).toEqual(theirs.reachable);
}

describe('the routes React Router finds itself', { timeout: 60_000 }, () => {
  test('in the allotments', async () => {
    const { model } = await readModel(APP, { emit: () => undefined });
    const theirs = reactRouterRoutes(copied(APP));
    const [app] = model.apps;
    const found = [...(app?.routes ?? []), ...(app?.pages ?? [])].map(({ path, at }) => ({
      path: path.replace(/:\w+/g, '1'),
      leaf: at.file.replace(/^app\/|\.tsx?$/g, ''),
    }));
    expect(found.map(({ path, leaf }) => [path, leaf])).toEqual(
      found.map(({ path }) => [path, theirs.match(path).at(-1)]),
    );
    expect([...new Set(found.map(({ leaf }) => leaf))].sort()).toEqual(theirs.reachable);
    expect(model.findings).toEqual([]);
  });

  test('listed with helpers, nested and prefixed, in other files and as plain objects', () => {
    agrees(
      {
        ...pages(
          ...[
            'home',
            'about',
            'shop',
            'cart',
            'item',
            'any',
            'lang',
            'old',
            'frame',
            'a',
            'b',
            'c',
          ].map((name) => `pages/${name}.tsx`),
          'admin/desk.tsx',
          'admin/people.tsx',
        ),
        'app/routes.ts': `
        import { index, layout, prefix, relative, type RouteConfig, route } from '@react-router/dev/routes';
        import { admin } from './admin/list';
        const legacy = ['a', 'b'].map((name) => route(\`legacy/\${name}\`, \`pages/\${name}.tsx\`));
        export default [
          index('./pages/home.tsx'),
          route('about', 'pages/about.tsx'),
          layout('pages/frame.tsx', [
            route('shop', 'pages/shop.tsx', [
              index('pages/cart.tsx'),
              route(':id', 'pages/item.tsx', { caseSensitive: true }),
            ]),
          ]),
          route(':lang?/terms', 'pages/lang.tsx'),
          ...prefix('desk', admin),
          ...legacy,
          { path: '/old', file: 'pages/old.tsx', children: [{ path: '/old/inner', file: 'pages/c.tsx' }] },
          route('*', 'pages/any.tsx'),
        ] satisfies RouteConfig;`,
        'app/admin/list.ts': `
        import { relative } from '@react-router/dev/routes';
        const { index, route } = relative(import.meta.dirname);
        export const admin = [index('desk.tsx'), route('people', 'people.tsx')];`,
      },
      ['pages/shop'],
    );
  });

  test('named by files', () => {
    agrees(
      {
        ...pages(
          ...[
            '_index',
            'about',
            'shop',
            'shop._index',
            'shop.$id',
            'shop.$id.edit',
            'shop_.wide',
            '_auth',
            '_auth.login',
            '_auth.join.$',
            '($lang)._index',
            '($lang).terms',
            'sitemap[.]xml',
            'a[.b]c.d',
            'files.$',
            '$',
          ].map((name) => `routes/${name}.tsx`),
          'routes/folder.x/route.tsx',
          'routes/folder.x/not-a-route.tsx',
          'routes/old/index.tsx',
        ),
        'app/routes.ts': `
        import { flatRoutes } from '@react-router/fs-routes';
        export default flatRoutes();`,
      },
      // Nobody gets to the first: a path that may be left out is asked before it.
      ['routes/_index', 'routes/shop'],
    );
  });

  test('named by files in folders of a convention of its own', () => {
    agrees(
      {
        ...pages(
          ...[
            '_index',
            '_auth+/_layout',
            '_auth+/login',
            '_auth+/reset.$token',
            't.$team+/_layout',
            't.$team+/_index',
            't.$team+/settings._layout',
            't.$team+/settings.tokens',
            't.$team+/documents.$id._index',
            'api+/health',
            'api+/[__x]+/odd',
            'api+/file.$',
          ].map((name) => `routes/${name}.tsx`),
        ),
        'app/routes.ts': `
        import { remixRoutesOptionAdapter } from '@react-router/remix-routes-option-adapter';
        import { flatRoutes } from 'remix-flat-routes';
        export default remixRoutesOptionAdapter((defineRoutes) =>
          flatRoutes('routes', defineRoutes, { ignoredRouteFiles: ['**/.*'] }));`,
      },
      ['routes/t.$team+/_layout'],
    );
  });
});

test('routes that can not be told are a finding', () => {
  const program = programOf({
    'package.json': MANIFEST,
    ...pages('a.tsx'),
    'app/routes.ts': `
      import { route } from '@react-router/dev/routes';
      import { more } from 'elsewhere';
      export default [route('a', 'a.tsx'), ...more(),
        route('b', 'a.tsx', more()),
        route(process.env.NAME, 'a.tsx')];`,
  });
  const routes = routesOf(program, '.', settingsOf(program, '.'));
  expect(routes?.findings.map(({ code, at }) => `${code} ${at.line}`).sort()).toEqual([
    'model.unresolvedRoute 4',
    'model.unresolvedRoute 5',
    'model.unresolvedRoute 6',
  ]);
});

test('the allotments end in the ways their answer key says', { timeout: 120_000 }, async () => {
  const { model } = await readModel(APP, { emit: () => undefined }, await loadConfig(APP));
  const key = Key.parse(JSON.parse(readFileSync(`${APP}endings.json`, 'utf8')));
  const { scenarios } = planModel(model);
  const feasible = { ...key, endings: key.endings.filter((ending) => ending.feasible) };
  expect(scoreEndings(model, scenarios, feasible).recall).toBeGreaterThan(0.95);
  expect(scoreEndings(model, scenarios, key).precision).toBeGreaterThan(0.95);
});
