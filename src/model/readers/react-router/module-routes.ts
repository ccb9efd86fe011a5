import type { Finding } from '../../../kernel/finding.ts';
import type { Program } from '../../../repo/repo.ts';
import { unresolved } from '../unresolved.ts';
import type { Entry } from './entry.ts';
import { flatRoutes } from './flat-routes.ts';
import { folderRoutes } from './folder-routes.ts';
import { configuredRoutes } from './route-config.ts';
import type { Settings } from './settings.ts';

/** An app's routes as its root with all others in it; null where it has no root. */
export interface Routes {
  readonly root: Entry;
  readonly findings: readonly Finding[];
}

/** What `routes.ts` lists or, in apps without one, what the names of files say. */
export function routesOf(program: Program, root: string, settings: Settings): Routes | null {
  const { app } = settings;
  const outline = program.outlined();
  const sourceOf = (name: string) =>
    ['tsx', 'ts', 'jsx', 'js', 'mts', 'mjs'].find((ending) => outline.source(`${name}.${ending}`));
  const rootEnding = sourceOf(`${app}/root`);
  if (rootEnding === undefined) return null;
  const listEnding = sourceOf(`${app}/routes`);
  const { entries, unknown } =
    listEnding === undefined
      ? { entries: named(program, root, app), unknown: [] }
      : configuredRoutes(program, `${app}/routes.${listEnding}`, { app, root });
  const reason = 'the routes in it are not known';
  const findings = unknown.map((node) => unresolved(node, 'model.unresolvedRoute', reason));
  const file = `${app}/root.${rootEnding}`;
  return { root: { id: 'root', file, path: null, index: false, children: entries }, findings };
}

/** Remix's own convention, or that of the package its configuration asks. */
function named(program: Program, root: string, app: string): Entry[] {
  const files = program.repo.files.map(({ path }) => path);
  const prefix = root === '.' ? '' : `${root}/`;
  const asks = ['vite.config.ts', 'vite.config.js', 'remix.config.js', 'vite.config.mts'].some(
    (name) => program.source(prefix + name)?.text.includes('remix-flat-routes'),
  );
  return (asks ? folderRoutes : flatRoutes)(files, { app, folder: 'routes' });
}
