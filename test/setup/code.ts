import { digest, type Json } from '../../src/kernel/digest.ts';
import { openProgram } from '../../src/repo/program.ts';
import type { Files, Package, Program, Repo } from '../../src/repo/repo.ts';

/** A program over files given as text; manifests (JSON files) are told apart by their extension. */
export function programOf(texts: Readonly<Record<string, string>>): Program {
  const manifests: Record<string, Json> = {};
  for (const [path, text] of Object.entries(texts)) {
    if (path.endsWith('.json')) manifests[path] = JSON.parse(text);
  }
  const files = Object.entries(texts)
    .filter(([path]) => !path.endsWith('.json'))
    .map(([path, text]) => ({ path, hash: digest(text) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const repo: Repo = {
    name: 'app',
    commit: null,
    packages: packagesOf(manifests),
    files,
    manifests: manifests as Repo['manifests'],
    findings: [],
  };
  return openProgram(repo, filesOf(texts));
}

export function filesOf(texts: Readonly<Record<string, string>>): Files {
  return {
    read: (path) => {
      const text = texts[path];
      if (text === undefined) throw new Error(`no file ${path}`);
      return text;
    },
  };
}

function packagesOf(manifests: Record<string, Json>): Package[] {
  const packages = Object.entries(manifests)
    .filter(([path]) => /(?:^|\/)package\.json$/.test(path))
    .map(([path, json]) => {
      const manifest = json as Record<string, Json>;
      return {
        name: String(manifest['name'] ?? ''),
        root: path === 'package.json' ? '.' : path.slice(0, -'/package.json'.length),
        dependencies: Object.keys((manifest['dependencies'] as object) ?? {}).sort(),
        scripts: {},
      };
    })
    .sort((a, b) => (a.root < b.root ? -1 : 1));
  return packages.length > 0
    ? packages
    : [{ name: 'app', root: '.', dependencies: [], scripts: {} }];
}
