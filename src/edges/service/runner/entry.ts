import type { Place } from '../../../operations/place.ts';
import { locateRepo } from '../roots.ts';
import { openSlots } from '../slots.ts';
import { type House, openHouses } from './houses.ts';

export interface EntryOptions {
  readonly roots: readonly string[];
  /** Clones standing at once. */
  readonly most: number;
  readonly place: Place;
}

/** A place in the house of a checkout. */
export interface Entered {
  readonly house: House;
  /** Gives the place to the next. */
  readonly give: () => void;
}

const WAIT_MS = 60_000;

/** Lets so many into the houses of checkouts at once. */
export function openEntry({ roots, most, place }: EntryOptions) {
  const houses = openHouses(place);
  const slots = openSlots(most, { waitMs: WAIT_MS, what: 'clones of this instance' });
  return {
    async enter(repo: string, signal: AbortSignal): Promise<Entered> {
      const path = await locateRepo(repo, roots);
      const give = await slots.take(AbortSignal.any([signal, place.signal]));
      try {
        return { house: await houses.enter(path), give };
      } catch (error) {
        give();
        throw error;
      }
    },
    close: () => houses.close(),
  };
}
