import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { matchRoutes, type RouteObject } from 'react-router';

const MODULES = resolve(import.meta.dirname, '../../node_modules');

/** A route as `react-router routes --json` prints it. */
interface Listed {
  readonly id: string;
  readonly path?: string;
  readonly index?: boolean;
  readonly file: string;
  readonly children?: readonly Listed[];
}

/** What React Router itself finds in an app, and which modules it takes for a path, the root first. */
export interface RouterRoutes {
  /** The modules that a path of their own or an index makes reachable, by their ids. */
  readonly reachable: readonly string[];
  readonly match: (path: string) => readonly string[];
}

export function reactRouterRoutes(fill: (folder: string) => void): RouterRoutes {
  const folder = mkdtempSync(join(tmpdir(), 'react-router-'));
  try {
    fill(folder);
    symlinkSync(MODULES, join(folder, 'node_modules'));
    const command = join(MODULES, '@react-router/dev/bin.cjs');
    const told = execFileSync(process.execPath, [command, 'routes', folder, '--json'], {
      env: { ...process.env, NODE_ENV: 'production' },
      cwd: folder,
      stdio: 'pipe',
    });
    // Modules of `relative(folder)` are called by where they stand on this disk.
    const listed = JSON.parse(
      told.toString().replace(/"[^"]*\/react-router-\w+\/app\//g, '"'),
    ) as Listed[];
    const routes = listed.map(objectOf);
    return {
      reachable: listed.flatMap(reachable).sort(),
      match: (path) => (matchRoutes(routes, path) ?? []).map(({ route }) => String(route.id)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function objectOf({ id, path, index, children }: Listed): RouteObject {
  const said = { id, ...(path === undefined ? {} : { path }) };
  return index ? { ...said, index } : { ...said, children: (children ?? []).map(objectOf) };
}

function reachable({ id, path, index, children = [] }: Listed): string[] {
  const own = id !== 'root' && (index || path !== undefined);
  return [...(own ? [id] : []), ...children.flatMap(reachable)];
}
