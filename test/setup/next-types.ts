import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const MODULES = resolve(import.meta.dirname, '../../node_modules');

/** The routes Next.js itself finds in an app, as `page /orders/:id` and `route /api/orders`, sorted. */
export function nextRoutes(fill: (folder: string) => void): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'next-'));
  try {
    fill(folder);
    symlinkSync(MODULES, join(folder, 'node_modules'));
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
    const command = join(MODULES, 'next/dist/bin/next');
    execFileSync(process.execPath, [command, 'typegen', folder], { env, stdio: 'pipe' });
    const types = readFileSync(join(folder, '.next/types/routes.d.ts'), 'utf8');
    return [
      ...listed(types, 'AppRoutes').map((path) => `page ${path}`),
      ...listed(types, 'AppRouteHandlerRoutes').map((path) => `route ${path}`),
      ...listed(types, 'PageRoutes').map((path) => `old ${path}`),
    ].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An app of the repo without what it was built into. */
export function copied(app: string): (folder: string) => void {
  const built = /\/(\.next|node_modules)(\/|$)/;
  return (folder) => cpSync(app, folder, { recursive: true, filter: (path) => !built.test(path) });
}

/** An app of files given as text. */
export function written(texts: Readonly<Record<string, string>>): (folder: string) => void {
  return (folder) => {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
}

/** `type Name = "/a" | "/b/[id]"` with each path in our own form. */
function listed(types: string, name: string): string[] {
  const line = new RegExp(`^type ${name} = (.*)$`, 'm').exec(types)?.[1] ?? '';
  return [...line.matchAll(/"([^"]+)"/g)].flatMap(([, path = '']) => ways(path));
}

function ways(path: string): string[] {
  const rest = /^(.*)\/\[\[\.\.\.(\w+)\]\]$/.exec(path);
  if (rest) return [rest[1] || '/', `${rest[1]}/*${rest[2]}`];
  return [path.replace(/\[\.\.\.(\w+)\]/g, '*$1').replace(/\[(\w+)\]/g, ':$1')];
}
