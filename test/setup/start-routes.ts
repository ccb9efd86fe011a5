import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const MODULES = resolve(import.meta.dirname, '../../node_modules');

/** What TanStack Start itself finds in an app. */
export interface StartRoutes {
  /** The ids of routes that a request can end at, layouts without a path left out. */
  readonly ids: readonly string[];
  /** The ids of the routes it takes for a path, the root first. */
  readonly match: (path: string) => readonly string[];
  /** What its build calls the functions of the server. */
  readonly functions: readonly string[];
}

const ASK = `
  import { createRouter } from '@tanstack/react-router';
  import { routeTree } from './src/routeTree.gen';
  const router = createRouter({ routeTree });
  const paths = JSON.parse(process.argv[2]);
  const matches = paths.map((path) => router.getMatchedRoutes(path)[0].map(({ id }) => id));
  console.log(JSON.stringify({ ids: Object.keys(router.routesById), matches }));`;

/** Builds an app; its router, made of the generated tree, is asked for each of the paths. */
export async function startRoutes(
  fill: (folder: string) => void,
  paths: readonly string[],
): Promise<StartRoutes> {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  try {
    fill(folder);
    symlinkSync(MODULES, join(folder, 'node_modules'));
    const run = (args: readonly string[]) =>
      execFileSync(process.execPath, args, {
        env: { ...process.env, NODE_ENV: 'production' },
        cwd: folder,
        stdio: 'pipe',
      }).toString();
    run([join(MODULES, 'vite/bin/vite.js'), 'build']);
    writeFileSync(join(folder, 'ask.ts'), ASK);
    await build({
      entryPoints: [join(folder, 'ask.ts')],
      outfile: join(folder, 'ask.mjs'),
      ...{ bundle: true, packages: 'external', format: 'esm', jsx: 'automatic' },
      absWorkingDir: folder,
    });
    const told = JSON.parse(run(['ask.mjs', JSON.stringify(paths)])) as {
      ids: string[];
      matches: string[][];
    };
    const matches = new Map(paths.map((path, at) => [path, told.matches[at] ?? []]));
    return {
      ids: told.ids
        .filter((id) => id !== '__root__' && !/(^|\/)(_[^/]*|\([^/]*\))$/.test(id))
        .sort(),
      match: (path) => matches.get(path) ?? [],
      functions: idsIn(join(folder, 'dist/server')),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function idsIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const ids = texts.flatMap((text) =>
    [...text.matchAll(/"([\da-f]{64})"/g)].map(([, id]) => id ?? ''),
  );
  return [...new Set(ids)].sort();
}
