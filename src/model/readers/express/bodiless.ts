import { posix } from 'node:path';
import type { Machine } from '../../trace/machine.ts';

/** From Express 5 on `req.body` is undefined where no body is sent; before, its parsers left an empty object. */
export function leavesNoBody({ deps, endpoint }: Machine): 'missing' | undefined {
  const file = endpoint.chain.at(-1)?.file ?? endpoint.at.file;
  const { manifests } = deps.program.repo;
  for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
    const version = versionIn(manifests[posix.join(folder, 'package.json')]);
    if (version !== undefined) return /^\D*([5-9]|\d\d)\b/.test(version) ? 'missing' : undefined;
    if (folder === '.' || folder === '/') return undefined;
  }
}

function versionIn(manifest: unknown): string | undefined {
  if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest))
    return undefined;
  const { dependencies } = manifest;
  if (typeof dependencies !== 'object' || dependencies === null || !('express' in dependencies))
    return undefined;
  return typeof dependencies.express === 'string' ? dependencies.express : undefined;
}
