import { posix } from 'node:path';
import { folderAbove } from '../../repo/repo.ts';
import type { Machine } from '../trace/machine.ts';

/** The major version of a package that the app whose endpoint is followed depends on; undefined where nothing says. */
export function majorOf({ deps, endpoint }: Machine, name: string): number | undefined {
  const file = endpoint.chain.at(-1)?.file ?? endpoint.at.file;
  const { manifests } = deps.program.repo;
  let folder: string | undefined = posix.dirname(file);
  for (; folder !== undefined; folder = folderAbove(deps.program.repo, folder)) {
    const version = versionIn(manifests[posix.join(folder, 'package.json')], name);
    const [major] = /\d+/.exec(version ?? '') ?? [];
    if (major !== undefined) return Number(major);
  }
  return undefined;
}

function versionIn(manifest: unknown, name: string): string | undefined {
  if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest))
    return undefined;
  const { dependencies } = manifest;
  if (typeof dependencies !== 'object' || dependencies === null) return undefined;
  const version: unknown = Object.entries(dependencies).find(([each]) => each === name)?.[1];
  return typeof version === 'string' ? version : undefined;
}
