import type { Place } from '../../../operations/place.ts';
import type { Runner } from '../service.ts';
import type { Storage } from '../store/db.ts';
import { openCloneRuns } from './clones.ts';
import { foreignApp, openDatabaseRuns } from './database.ts';

export interface RunnerOptions {
  /** The enrolled database that states may be set up on; null where there is none. */
  readonly db: string | null;
  /** Where the app may answer on it: no request names another place. */
  readonly apps: readonly string[];
  readonly roots: readonly string[];
  /** States of repos that may stand at once, each on a clone of its own with its app. */
  readonly clones: number;
  readonly place: Place;
  readonly storage: Storage;
  readonly warn: (error: unknown) => void;
}

/**
 * Sets states up: of a repo on clones that this process holds, each with the app running, or under a lease
 * on the enrolled database. Clones end with the process; a lease is kept by its database.
 */
export function openRunner({ clones: most, ...options }: RunnerOptions): Runner {
  const database = openDatabaseRuns(options);
  const clones = openCloneRuns({ ...options, most });
  return {
    async up(request, planned, signal) {
      const { repo } = request;
      if (repo === undefined) return database.up(request, planned, signal);
      // The app of a clone is started with it.
      if (request.app !== undefined) throw foreignApp(request.app);
      return clones.up({ ...request, repo }, signal);
    },
    down: (row, handle) => (row.place === 'database' ? database.down(handle) : clones.down(row)),
    prove: clones.prove,
    async close() {
      await clones.close();
      await database.close();
    },
  };
}
