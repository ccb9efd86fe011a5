import type { Place } from '../../../operations/place.ts';
import { openStaging, type Staged, type Staging } from '../../../operations/staging.ts';

/** The apps and databases of one checkout as it was read; runs live in it. */
export interface House {
  setUp(plan: string): Promise<Staged>;
  prove: Staging['prove'];
  alive(): boolean;
  /** A run of it has ended; a house that is left for good closes with its last run. */
  leave(): Promise<void>;
}

export interface Houses {
  /** The house of a checkout as it is now, entered: `leave` follows in any case. */
  enter(path: string): Promise<House>;
  close(): Promise<void>;
}

/** Between two looks at whether a checkout has changed. */
const LOOK_MS = 5_000;
/** So long an empty house keeps its apps and databases ready. */
const IDLE_MS = 10 * 60_000;

interface Standing {
  readonly staging: Promise<Staging>;
  inside: number;
  left: boolean;
  lookedAt: number;
  idle: NodeJS.Timeout | undefined;
  closed: Promise<void> | undefined;
}

/** One house a checkout, opened when it is first entered; one that is dead, empty for long or of older code is left. */
export function openHouses(place: Place): Houses {
  const houses = new Map<string, Standing>();
  const leaveForGood = (path: string, house: Standing): void => {
    house.left = true;
    if (houses.get(path) === house) houses.delete(path);
    if (house.inside === 0) void close(house);
  };
  const standingOf = async (path: string): Promise<Standing> => {
    const found = houses.get(path);
    if (found && (await isGood(found))) return found;
    if (found) leaveForGood(path, found);
    const another = houses.get(path);
    if (another && another !== found) return another;
    const house = opened(openStaging(path, place, { strict: false }));
    houses.set(path, house);
    house.staging.catch(() => leaveForGood(path, house));
    return house;
  };
  return {
    async enter(path) {
      const house = await standingOf(path);
      house.inside += 1;
      clearTimeout(house.idle);
      const leave = async (): Promise<void> => {
        house.inside -= 1;
        if (house.inside > 0) return;
        if (house.left) return close(house);
        house.idle = setTimeout(() => leaveForGood(path, house), IDLE_MS).unref();
      };
      try {
        const staging = await house.staging;
        const { setUp, prove, alive } = staging;
        return { setUp, prove, alive, leave };
      } catch (error) {
        await leave();
        throw error;
      }
    },
    async close() {
      const all = [...houses.values()];
      houses.clear();
      await Promise.all(all.map(close));
    },
  };
}

function opened(staging: Promise<Staging>): Standing {
  const never = { idle: undefined, closed: undefined };
  return { staging, inside: 0, left: false, lookedAt: performance.now(), ...never };
}

async function isGood(house: Standing): Promise<boolean> {
  const staging = await house.staging.catch(() => null);
  if (!staging?.alive() || house.left) return false;
  if (performance.now() - house.lookedAt < LOOK_MS) return true;
  house.lookedAt = performance.now();
  return staging.isCurrent();
}

function close(house: Standing): Promise<void> {
  clearTimeout(house.idle);
  house.closed ??= house.staging
    .then((staging) => staging[Symbol.asyncDispose]())
    // What a dead server held went with it.
    .catch(() => undefined);
  return house.closed;
}
