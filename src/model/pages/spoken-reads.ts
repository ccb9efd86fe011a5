import type { Page, Query } from '../model.ts';

/**
 * A page's reads without the stand-ins that came up while its rows were looked at: those that no ending, no
 * write and no other read speaks of, unless nothing else reads their table.
 */
export function spokenReads({ reads, writes, outcomes }: Page): Query[] {
  const kept = new Set<Query>();
  const keep = (read: Query | undefined): void => {
    if (!read || kept.has(read)) return;
    kept.add(read);
    for (const id of idsIn(read)) keep(reads.find((each) => ownIds(each).includes(id)));
  };
  const said = new Set([...idsIn(writes), ...idsIn(outcomes)]);
  for (const read of reads) {
    if (ownIds(read).some((id) => said.has(id)) || standsAlone(read, reads)) keep(read);
  }
  for (const read of reads) {
    if (![...kept].some(({ table }) => table === read.table)) keep(read);
  }
  return reads.filter((read) => kept.has(read));
}

/** Read for its own sake: neither some of another's rows nor a row's own. Reads may speak of each other. */
function standsAlone(read: Query, reads: readonly Query[], asked: readonly Query[] = []): boolean {
  if (read.of !== null) return false;
  if (asked.includes(read)) return true;
  const own = ownIds(read);
  const others = [...idsIn(read)].filter((id) => !own.includes(id));
  return others.every((id) => {
    const other = reads.find((each) => ownIds(each).includes(id));
    return !other || standsAlone(other, reads, [...asked, read]);
  });
}

function ownIds({ id, joins }: Query): string[] {
  return [id, ...joins.map((join) => join.id)];
}

/** The rows and queries that a part of a model speaks of. */
function idsIn(thing: unknown): Set<string> {
  const ids = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value !== null && typeof value === 'object') {
      for (const [name, item] of Object.entries(value)) {
        const names = name === 'row' || name === 'query' || name === 'of';
        if (names && typeof item === 'string') ids.add(item);
        else if (name !== 'at') walk(item);
      }
    }
  };
  walk(thing);
  return ids;
}
