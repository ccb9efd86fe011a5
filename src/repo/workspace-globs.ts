import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { globSync } from 'tinyglobby';
import { parse } from 'yaml';
import { parseManifest } from './manifest.ts';
import { SKIPPED } from './walk.ts';
import { objectOf } from './workspace.ts';

/** Patterns of the packages a folder is the workspace root of, as pnpm, npm, yarn, bun or lerna are told; else none. */
export function workspaceGlobs(folder: string): readonly string[] {
  const pnpm = textOf(join(folder, 'pnpm-workspace.yaml'));
  if (pnpm !== '') return texts(objectOf(yaml(pnpm))['packages']);
  const { workspaces } = manifestIn(folder, 'package.json');
  const named = Array.isArray(workspaces) ? workspaces : objectOf(workspaces)['packages'];
  return texts(named ?? manifestIn(folder, 'lerna.json')['packages']);
}

/** The packages below the workspace root that the patterns name, by their paths from there; those with `!` are taken out. */
export function packagesNamed(root: string, globs: readonly string[]): string[] {
  if (globs.length === 0) return [];
  const manifests = globSync(
    globs.map((glob) => posix.join(glob, 'package.json')),
    {
      cwd: root,
      ignore: [...SKIPPED].map((name) => `**/${name}/**`),
      expandDirectories: false,
    },
  );
  return manifests.map((path) => posix.dirname(path)).sort();
}

/** A manifest in a folder as it is written; empty where there is none. */
export function manifestIn(folder: string, name: string): ReturnType<typeof objectOf> {
  return objectOf(parseManifest(name, textOf(join(folder, name)) || '{}').json);
}

function yaml(text: string): ReturnType<typeof parse> {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
