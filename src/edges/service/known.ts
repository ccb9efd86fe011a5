import { Model } from '../../model/model.ts';
import type { Planning } from './shapes.ts';
import type { Storage } from './store/db.ts';
import { readModelText, readPlanning } from './store/plannings.ts';

/** A planning with the model it was made of, as values. */
export interface Known {
  readonly planning: Planning;
  readonly model: Model;
}

/** The plannings that were asked for last: reading one from its text again and again holds everybody up. */
export interface KnownPlannings {
  /** One of a tenant; null where it has none under that id. What an id stands for never changes. */
  get(storage: Storage, tenant: string, id: string): Promise<Known | null>;
}

interface Kept {
  readonly known: Promise<Known | null>;
  /** Of its text; 0 until it is there. */
  bytes: number;
}

/** Keeps as many as have that much text between them, and always the one asked for last. */
export function openKnownPlannings(maxBytes: number): KnownPlannings {
  const all = new Map<string, Kept>();
  const makeRoom = (): void => {
    let size = [...all.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [name, { bytes }] of all) {
      if (size <= maxBytes || all.size === 1) return;
      all.delete(name);
      size -= bytes;
    }
  };
  const read = (storage: Storage, tenant: string, id: string): Kept => {
    const name = `${tenant} ${id}`;
    const kept: Kept = { known: Promise.resolve(null), bytes: 0 };
    const known = readKnown(storage, { tenant, id }).then((found) => {
      kept.bytes = found?.bytes ?? 0;
      if (found) makeRoom();
      else all.delete(name);
      return found;
    });
    known.catch(() => all.delete(name));
    return Object.assign(kept, { known });
  };
  return {
    get(storage, tenant, id) {
      const name = `${tenant} ${id}`;
      const kept = all.get(name) ?? read(storage, tenant, id);
      // The one asked for last goes last.
      all.delete(name);
      all.set(name, kept);
      return kept.known;
    },
  };
}

async function readKnown(
  storage: Storage,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<(Known & { readonly bytes: number }) | null> {
  const kept = await storage.with((db) => readPlanning(db, tenant, id));
  if (!kept) return null;
  const planning: Planning = JSON.parse(kept.body);
  const text = await storage.with((db) => readModelText(db, tenant, planning.model));
  if (text === null) return null;
  return { planning, model: Model.parse(JSON.parse(text)), bytes: kept.body.length + text.length };
}
