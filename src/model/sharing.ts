import type { Crew, Helped } from './crew.ts';

interface Work<Item, Done> {
  readonly root: string;
  readonly crew: Crew | undefined;
  /** Whether what comes of an item is known already, so that it takes no time. */
  readonly isKnown: (item: Item) => boolean;
  readonly follow: (item: Item) => Done;
  /** What another has found; undefined where that is of something else. */
  readonly take: (item: Item, helped: Helped) => Done | undefined;
}

/** For fewer nobody else is asked. */
const FEW = 12;

/** Does the work of each item, and what is left of it after a while beside others. */
export function sharing<Item, Done>(items: readonly Item[], work: Work<Item, Done>): Done[] {
  const done: Done[] = [];
  const began = performance.now();
  let { crew } = work;
  for (const [place, item] of items.entries()) {
    if (crew && performance.now() - began >= crew.afterMs) {
      shareRest(items, { ...work, crew }, done);
      crew = undefined;
    }
    done[place] ??= work.follow(item);
  }
  return done;
}

/**
 * Each takes what nobody has begun with. Nobody is waited for: what others have not found when nothing else is left is
 * done here, the last begun first, as is what a thread had begun with that ended.
 */
function shareRest<Item, Done>(
  items: readonly Item[],
  { root, crew, isKnown, follow, take }: Work<Item, Done> & { readonly crew: Crew },
  done: Done[],
): void {
  const left = [...items.entries()].filter(([place, item]) => !(place in done) && !isKnown(item));
  if (left.length < FEW) return;
  const shared = crew.share(
    root,
    left.map(([place]) => place),
  );
  const takeArrived = () => {
    for (const helped of shared.arrived()) {
      const { place } = helped;
      const item = items[place];
      const taken = item === undefined || place in done ? undefined : take(item, helped);
      if (taken !== undefined) done[place] = taken;
    }
  };
  const doneBy = (place: number) => {
    const item = items[place];
    if (item !== undefined && !(place in done)) done[place] = follow(item);
    takeArrived();
  };
  try {
    for (let place = shared.next(); place !== undefined; place = shared.next()) doneBy(place);
    for (const [place] of left.toReversed()) doneBy(place);
  } finally {
    shared.end();
  }
}
