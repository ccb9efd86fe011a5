import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { openCopier } from '../../db/copy.ts';
import type { Copier } from '../../db/db.ts';
import { addressOf, assertEnrolled } from '../../run/guard.ts';
import { dropOwnClone, makeOwnClone, templateFor } from '../own-clone.ts';
import type { Place } from '../place.ts';
import { readModel } from '../reading.ts';
import { openWorkshop } from '../workshop.ts';

/** A session on a database, and where more can be had. */
export interface Reached {
  readonly sql: Copier;
  readonly url: string;
}

/** Runs work on the enrolled database of a URL, or else on a clone that the app's own migrations made. */
export async function onDatabase<T>(
  target: { readonly db?: string | undefined; readonly path: string },
  place: Place,
  work: (reached: Reached) => Promise<T>,
): Promise<T> {
  if (target.db !== undefined) {
    await using sql = await openCopier(target.db);
    await assertEnrolled(sql, addressOf(target.db));
    return await work({ sql, url: target.db });
  }
  return await onClone(resolve(target.path), place, work);
}

async function onClone<T>(
  root: string,
  place: Place,
  work: (reached: Reached) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(root);
  const { repo } = await readModel(root, place);
  await using workshop = await openWorkshop(place.home, place);
  const id = `generate-${randomUUID().slice(0, 8)}`;
  const about = { id, plan: 'generate', environment: 'clone', term: { hold: 'held' } } as const;
  const entry = await workshop.ledger.begin(about);
  const name = `sw_c_${id.replace('-', '_')}`;
  try {
    const template = await templateFor({ root, config, repo }, { workshop, entry, place });
    await using database = await makeOwnClone(name, template, { workshop, entry });
    await using sql = await openCopier(database.url);
    return await work({ sql, url: database.url });
  } finally {
    await dropOwnClone(name, { workshop, entry });
    await entry.closed();
  }
}
