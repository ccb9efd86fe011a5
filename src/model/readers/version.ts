import { posix } from 'node:path';
import { folderAbove } from '../../repo/repo.ts';
import type { Endpoint } from '../reader.ts';
import type { Machine } from '../trace/machine.ts';

/** The major version of a package that the app whose endpoint is followed depends on; undefined where nothing says. */
export function majorOf(machine: Machine, name: string): number | undefined {
  const [major] = versionsOf(machine, name).flatMap((version) => /\d+/.exec(version) ?? []);
  return major === undefined ? undefined : Number(major);
}

const known = new WeakMap<Endpoint, Map<string, string[]>>();

/** What the manifests above an endpoint ask for of a package, the nearest first: a range, or a tag (`beta`). */
export function versionsOf(machine: Machine, name: string): string[] {
  const ofEndpoint = known.get(machine.endpoint) ?? new Map<string, string[]>();
  known.set(machine.endpoint, ofEndpoint);
  const versions = ofEndpoint.get(name) ?? versionsAbove(machine, name);
  ofEndpoint.set(name, versions);
  return versions;
}

function versionsAbove({ deps, endpoint }: Machine, name: string): string[] {
  const file = endpoint.chain.at(-1)?.file ?? endpoint.at.file;
  const { manifests } = deps.program.repo;
  const found: string[] = [];
  let folder: string | undefined = posix.dirname(file);
  for (; folder !== undefined; folder = folderAbove(deps.program.repo, folder)) {
    const version = versionIn(manifests[posix.join(folder, 'package.json')], name);
    const catalog = /^catalog:(.*)$/.exec(version ?? '')?.[1];
    const known = catalog === undefined ? version : inCatalogs(manifests, { catalog, name });
    if (known !== undefined) found.push(known);
  }
  return found;
}

function versionIn(manifest: unknown, name: string): string | undefined {
  const version = part(part(manifest, 'dependencies'), name);
  return typeof version === 'string' ? version : undefined;
}

/** The version that a workspace has in a catalog (`catalog:`, `catalog:named`), as pnpm or bun are told. */
function inCatalogs(
  manifests: Machine['deps']['program']['repo']['manifests'],
  { catalog, name }: { readonly catalog: string; readonly name: string },
): string | undefined {
  for (const manifest of Object.values(manifests)) {
    for (const told of [manifest, part(manifest, 'workspaces')]) {
      const versions =
        catalog === '' || catalog === 'default'
          ? (part(told, 'catalog') ?? part(part(told, 'catalogs'), 'default'))
          : part(part(told, 'catalogs'), catalog);
      const version = part(versions, name);
      if (typeof version === 'string') return version;
    }
  }
  return undefined;
}

function part(of: unknown, name: string): unknown {
  if (typeof of !== 'object' || of === null) return undefined;
  return Object.entries(of).find(([each]) => each === name)?.[1];
}
