import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { routesOf } from '../../../src/model/readers/tanstack-start/routes.ts';
import { settingsOf } from '../../../src/model/readers/tanstack-start/settings.ts';
import { type Way, waysOf } from '../../../src/model/readers/tanstack-start/ways.ts';
import { readModel } from '../../../src/operations/reading.ts';
import { programOf } from '../../setup/code.ts';
import { copied, written } from '../../setup/next-types.ts';
import { startRoutes } from '../../setup/start-routes.ts';

const APP = new URL('../../../fixtures/apps/observatory/', import.meta.url).pathname;

/** A path of ours as somebody asks for it. */
function asked(path: string): string {
  return path.replace(/\*\w+/, 'a/b').replace(/:\w+/g, 'x');
}

test('the observatory has the routes and functions that TanStack Start finds itself', {
  timeout: 120_000,
}, async () => {
  const { model } = await readModel(APP, { emit: () => undefined });
  const [app] = model.apps;
  const routes = [...(app?.routes ?? []), ...(app?.pages ?? [])].filter(
    (route) => !('action' in route),
  );
  const found = routes.map(({ path, at }) => ({
    path: asked(path),
    file: at.file.replace(/^src\/routes\/|\.tsx?$/g, ''),
  }));
  const theirs = await startRoutes(copied(APP), [...new Set(found.map(({ path }) => path))]);
  // A file's name without its dots is what the generator calls its route.
  const named = (id: string) => id.replace(/^\//, '').replaceAll('.', '/');
  const idOf = (file: string) => named(file).replace(/(^|\/)index$/, '$1');
  expect(found.map(({ path, file }) => [path, idOf(file)])).toEqual(
    found.map(({ path }) => [path, named(theirs.match(path).at(-1) ?? '')]),
  );
  const reached = new Set(found.map(({ file }) => idOf(file)));
  // Stands around others, and shows nothing by itself.
  reached.add('api/telescopes');
  expect([...reached].sort()).toEqual(theirs.ids.map(named).sort());
  const ids = (app?.routes ?? []).flatMap(({ action }) =>
    action ? [`${action.file}--${action.name}_createServerFn_handler`] : [],
  );
  const digests = ids.map((id) => createHash('sha256').update(id).digest('hex'));
  expect(digests.sort()).toEqual(theirs.functions);
  expect(model.findings).toEqual([]);
});

const ROOT = `
  import { createRootRoute } from '@tanstack/react-router';
  export const Route = createRootRoute();`;
const VITE = `
  import { tanstackStart } from '@tanstack/react-start/plugin/vite';
  export default { plugins: [tanstackStart()] };`;
const ROUTER = `
  import { createRouter } from '@tanstack/react-router';
  import { routeTree } from './routeTree.gen';
  export function getRouter() { return createRouter({ routeTree }); }`;
const ROUTE = (id: string) => `
  import { createFileRoute } from '@tanstack/react-router';
  export const Route = createFileRoute('${id}')({ component: () => null });`;

test('files of all kinds lead through the routes that TanStack Start takes for their paths', {
  timeout: 120_000,
}, async () => {
  const files: Readonly<Record<string, string>> = {
    'index.tsx': '/',
    '_shop.tsx': '/_shop',
    '_shop/items.tsx': '/_shop/items',
    '_shop/items.index.tsx': '/_shop/items/',
    '_shop/items.$id.tsx': '/_shop/items/$id',
    '_shop/items_.$id.print.tsx': '/_shop/items_/$id/print',
    'desk/route.tsx': '/desk',
    'desk/index.tsx': '/desk/',
    'desk/(people)/staff.$name.tsx': '/desk/(people)/staff/$name',
    'desk/_wide.tsx': '/desk/_wide',
    'desk/_wide/map.tsx': '/desk/_wide/map',
    '{-$lang}/terms.tsx': '/{-$lang}/terms',
    'sitemap[.]xml.ts': '/sitemap.xml',
    'charts/{$name}[.]svg.ts': '/charts/{$name}.svg',
    'files/$.ts': '/files/$',
  };
  const texts = {
    'package.json': JSON.stringify({ name: 'app', type: 'module' }),
    'vite.config.ts': VITE,
    'src/router.tsx': ROUTER,
    'src/routes/__root.tsx': ROOT,
    'src/routes/-parts.tsx': 'export const Part = () => null;',
    ...Object.fromEntries(
      Object.entries(files).map(([file, id]) => [`src/routes/${file}`, ROUTE(id)]),
    ),
  };
  const program = programOf(texts);
  const ways = answering(waysOf(routesOf(program, '.', settingsOf(program, '.'))));
  const theirs = await startRoutes(
    written(texts),
    ways.map(({ path }) => asked(path)),
  );
  const ids = ({ routes }: Way) => routes.map(({ id }) => id || '__root__');
  expect(ways.map((way) => [way.path, ids(way)])).toEqual(
    ways.map(({ path }) => [path, theirs.match(asked(path))]),
  );
});

/** An index answers before the layout around it. */
function answering(ways: readonly Way[]): Way[] {
  const isIndexed = ({ path, routes }: Way) =>
    ways.some((other) => other.path === path && other.routes.length > routes.length);
  return ways.filter((way) => !isIndexed(way));
}
