import type { Query } from '../../model/model.ts';
import { type Mentions, mentionsOf } from './mentions.ts';
import { whyRowless } from './rowless.ts';
import { looksUpActor, type Setting } from './setting.ts';
import { ownerOf } from './world.ts';

/** How many result rows of its own each query gets, and which queries share their row with another's. */
export interface Shape {
  readonly own: ReadonlyMap<string, number>;
  readonly joins: ReadonlySet<string>;
  readonly sharing: readonly (readonly [string, string])[];
}

interface Option {
  readonly count: number;
  readonly shares: string | null;
}

/** More shapes than this aren't tried. */
const LIMIT = 96;

/** The shapes worth trying, the plainest first. */
export function shapesOf(setting: Setting): Shape[] {
  const mentions = mentionsOf(setting);
  const ids = [...setting.queries.keys()].filter((id) => isInvolved(setting, mentions, id));
  const options = ids.map((id) => optionsOf(setting, mentions, id));
  const outer = [...mentions.present].filter((id) => setting.joins.has(id));
  const joins = new Set(outer);
  return combinations(options).map((picked) => ({
    own: new Map(ids.map((id, index) => [id, picked[index]?.count ?? 0])),
    joins,
    sharing: ids.flatMap((id, index) => {
      const shares = picked[index]?.shares;
      return shares ? [[id, shares] as const] : [];
    }),
  }));
}

function isInvolved(setting: Setting, mentions: Mentions, id: string): boolean {
  const query = setting.queries.get(id);
  const ids = [id, ...(query?.joins.map((join) => join.id) ?? [])];
  return ids.some(
    (name) =>
      mentions.present.has(name) || mentions.optional.has(name) || mentions.counted.has(name),
  );
}

function optionsOf(setting: Setting, mentions: Mentions, id: string): Option[] {
  const query = setting.queries.get(id);
  const none = [{ count: 0, shares: null }];
  if (!query || mentions.absent.has(id) || whyRowless(setting, query) !== null) return none;
  const ids = [id, ...query.joins.map((join) => join.id)];
  const present = ids.some((name) => mentions.present.has(name));
  const counts = mentions.counted.get(id);
  if (looksUpActor(setting.app, query)) return [{ count: 1, shares: null }];
  if (counts) {
    const named = mentions.named.has(id);
    const usable = counts.filter((count) => count > 0 || !present || named);
    const sorted = present ? usable.toSorted((a, b) => Number(a === 0) - Number(b === 0)) : usable;
    return sorted.map((count) => ({ count, shares: null }));
  }
  const likely = ids.some((name) => mentions.likely.has(name));
  if (!present) return (likely ? [1, 0] : [0, 1]).map((count) => ({ count, shares: null }));
  const shared = sharers(setting, query, mentions).map((shares) => ({ count: 1, shares }));
  const reuse = onlyNamed(mentions, ids) ? [{ count: 0, shares: null }] : [];
  return [{ count: 1, shares: null }, ...shared, ...reuse];
}

function onlyNamed(mentions: Mentions, ids: readonly string[]): boolean {
  return ids.every((id) => !mentions.present.has(id) || mentions.named.has(id));
}

/** Other queries and joins that read the same table, whose row could be this one's as well. */
function sharers(setting: Setting, query: Query, mentions: Mentions): string[] {
  if (query.many || query.of !== null) return [];
  const others = [...setting.queries.values()].flatMap((other) => [
    { id: other.id, table: other.table },
    ...other.joins.map(({ id, table }) => ({ id, table })),
  ]);
  return others
    .filter(({ id, table }) => table === query.table && id !== query.id)
    .filter(({ id }) => {
      const owner = ownerOf(setting, id);
      return (
        owner !== undefined && owner.id !== query.id && isInvolved(setting, mentions, owner.id)
      );
    })
    .map(({ id }) => id)
    .sort();
}

/** Every pick of one option each: few departures from the first options first, many rows last. */
function combinations(options: readonly (readonly Option[])[]): (readonly Option[])[] {
  let picks: { cost: number; picked: readonly Option[] }[] = [{ cost: 0, picked: [] }];
  for (const choices of options) {
    picks = picks
      .flatMap(({ cost, picked }) =>
        choices.map((choice, index) => ({
          cost: cost + index + Math.floor(choice.count / 2),
          picked: [...picked, choice],
        })),
      )
      .toSorted((a, b) => a.cost - b.cost)
      .slice(0, LIMIT);
  }
  return picks.map(({ picked }) => picked);
}
