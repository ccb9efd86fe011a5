import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, resolve, sep } from 'node:path';
import { StatewrightError } from '../../kernel/errors.ts';
import { checkPath } from './paths.ts';

/** Throws `service.noSuchRoot` where a root that the service is started with is no folder. */
export async function assertRoots(roots: readonly string[]): Promise<void> {
  for (const root of roots) {
    const found = await stat(root).catch(() => null);
    if (found?.isDirectory()) continue;
    throw new StatewrightError('service.noSuchRoot', `There is no folder ${root}.`, {
      hint: 'Give --root folders that are there, separated by commas.',
    });
  }
}

/**
 * The absolute path of a checkout, which must lie under one of the allowed roots however it is written and
 * whatever it links to. Throws `service.noRoot` and `service.badPath`.
 */
export async function locateRepo(repo: string, roots: readonly string[]): Promise<string> {
  if (roots.length === 0) {
    throw new StatewrightError('service.noRoot', 'No checkout is served here.', {
      hint: 'Start the service with --root PATH, or post the sources.',
      ending: 'refused',
    });
  }
  const path = isAbsolute(repo) ? repo : checkPath(repo === '.' || repo === '' ? './' : repo);
  for (const root of roots) {
    const top = await realpath(root).catch(() => null);
    const found = top && (await realpath(resolve(top, path)).catch(() => null));
    if (found && (found === top || found.startsWith(top + sep))) return found;
  }
  throw new StatewrightError(
    'service.badPath',
    `${JSON.stringify(repo.slice(0, 200))} is not a folder under an allowed root.`,
    { hint: 'Name it from the root the service was started with, "." for the root itself.' },
  );
}
