import type { Storage } from '../store/db.ts';
import { endRun } from '../store/runs.ts';

/** Writes down how runs ended; what the storage, which may be gone just then, could not be told stays to be told. */
export function openEnds(storage: Storage) {
  const untold = new Map<string, 'down' | 'gone'>();
  const writeRest = async (): Promise<void> => {
    for (const [id, state] of untold) {
      await storage.with((db) => endRun(db, id, state));
      untold.delete(id);
    }
  };
  return {
    writeRest,
    write(id: string, state: 'down' | 'gone'): Promise<void> {
      untold.set(id, state);
      return writeRest();
    },
  };
}
