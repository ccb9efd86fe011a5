import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from './manifest.ts';
import { SKIPPED } from './walk.ts';
import { objectOf } from './workspace.ts';

/** Patterns of the packages a folder is the workspace root of, as pnpm, npm, yarn, bun or lerna are told; else none. */
export function workspaceGlobs(folder: string): readonly string[] {
  const pnpm = textOf(join(folder, 'pnpm-workspace.yaml'));
  if (pnpm !== '') return listIn(pnpm, 'packages');
  const { workspaces } = manifestIn(folder, 'package.json');
  const named = Array.isArray(workspaces) ? workspaces : objectOf(workspaces)['packages'];
  return texts(named ?? manifestIn(folder, 'lerna.json')['packages']);
}

/** Whether the patterns name a folder, by its path from the workspace root; later ones with `!` take it out again. */
export function isNamed(globs: readonly string[], path: string): boolean {
  let named = false;
  for (const glob of globs.flatMap(alternatives)) {
    const isTaken = glob.startsWith('!');
    if (fits(segmentsOf(isTaken ? glob.slice(1) : glob), path.split('/'))) named = !isTaken;
  }
  return named;
}

/** The folders below the workspace root that the patterns name, by their paths from there. */
export function foldersNamed(root: string, globs: readonly string[]): string[] {
  const found = globs
    .filter((glob) => !glob.startsWith('!'))
    .flatMap(alternatives)
    .flatMap((glob) => expand(root, '', segmentsOf(glob)));
  return [...new Set(found)].filter((path) => isNamed(globs, path)).sort();
}

function expand(root: string, path: string, [segment, ...rest]: readonly string[]): string[] {
  if (segment === undefined) return path === '' ? [] : [path];
  const inside = (name: string) => (path === '' ? name : `${path}/${name}`);
  if (segment === '**') {
    const deeper = foldersIn(join(root, path)).map(inside);
    return [
      ...expand(root, path, rest),
      ...deeper.flatMap((each) => expand(root, each, [segment, ...rest])),
    ];
  }
  if (!segment.includes('*')) return expand(root, inside(segment), rest);
  return foldersIn(join(root, path))
    .filter((name) => fitsSegment(segment, name))
    .flatMap((name) => expand(root, inside(name), rest));
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('.') && !SKIPPED.has(name));
  } catch {
    return [];
  }
}

function fits([glob, ...globs]: readonly string[], parts: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (glob === undefined) return part === undefined;
  if (glob === '**')
    return fits(globs, parts) || (part !== undefined && fits([glob, ...globs], rest));
  return part !== undefined && fitsSegment(glob, part) && fits(globs, rest);
}

function fitsSegment(glob: string, name: string): boolean {
  const [first = '', ...others] = glob.split('*');
  if (others.length === 0) return glob === name;
  const last = others.pop() ?? '';
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.endsWith(last) && name.length - last.length >= at;
}

function segmentsOf(glob: string): string[] {
  return glob.split('/').filter((segment) => segment !== '' && segment !== '.');
}

/** `{apps,packages}/*` as the patterns it stands for. */
function alternatives(glob: string): string[] {
  const found = /^([^{]*)\{([^{}]*)\}(.*)$/.exec(glob);
  if (!found) return [glob];
  const [, before = '', inside = '', after = ''] = found;
  return inside.split(',').flatMap((each) => alternatives(before + each + after));
}

/** The list under a key of a YAML file, written in lines or in brackets. */
function listIn(yaml: string, key: string): string[] {
  const lines = yaml.split(/\r?\n/).map((line) => line.replace(/(?:^|\s)#.*$/, ''));
  const at = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (at < 0) return [];
  const behind = lines.slice(at + 1);
  const end = behind.findIndex((line) => /^[^\s-]/.test(line));
  const inline = lines[at]?.slice(key.length + 1) ?? '';
  const text = [inline, ...(end < 0 ? behind : behind.slice(0, end))].join('\n');
  const items = inline.trim().startsWith('[')
    ? text.replace(/[[\]]/g, ' ').split(',')
    : [...text.matchAll(/^\s*-\s+(.*)$/gm)].map(([, item = '']) => item);
  return items.map((item) => item.trim().replace(/^(['"])(.*)\1$/, '$2')).filter(Boolean);
}

/** A manifest in a folder as it is written; empty where there is none. */
export function manifestIn(folder: string, name: string): ReturnType<typeof objectOf> {
  return objectOf(parseManifest(name, textOf(join(folder, name)) || '{}').json);
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
