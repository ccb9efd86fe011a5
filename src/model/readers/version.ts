import { posix } from 'node:path';
import { folderAbove } from '../../repo/repo.ts';
import type { Machine } from '../trace/machine.ts';

/** The major version of a package that the app whose endpoint is followed depends on; undefined where nothing says. */
export function majorOf(machine: Machine, name: string): number | undefined {
  const [major] = versionsOf(machine, name).flatMap((version) => /\d+/.exec(version) ?? []);
  return major === undefined ? undefined : Number(major);
}

/** What the manifests above an endpoint ask for of a package, the nearest first: a range, or a tag (`beta`). */
export function versionsOf({ deps, endpoint }: Machine, name: string): string[] {
  const file = endpoint.chain.at(-1)?.file ?? endpoint.at.file;
  const { manifests } = deps.program.repo;
  const found: string[] = [];
  let folder: string | undefined = posix.dirname(file);
  for (; folder !== undefined; folder = folderAbove(deps.program.repo, folder)) {
    const version = versionIn(manifests[posix.join(folder, 'package.json')], name);
    if (version !== undefined) found.push(version);
  }
  return found;
}

function versionIn(manifest: unknown, name: string): string | undefined {
  if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest))
    return undefined;
  const { dependencies } = manifest;
  if (typeof dependencies !== 'object' || dependencies === null) return undefined;
  const version: unknown = Object.entries(dependencies).find(([each]) => each === name)?.[1];
  return typeof version === 'string' ? version : undefined;
}
