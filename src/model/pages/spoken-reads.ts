import type { Page, Query } from '../model.ts';

/**
 * A page's reads without the stand-ins that came up while its rows were looked at: those that no ending, no
 * write and no other read speaks of, unless nothing else reads their table.
 */
export function spokenReads({ reads, writes, outcomes }: Page): Query[] {
  const spoken = new Map(reads.map((read) => [read, spokenOf(read)]));
  const owners = new Map<string, Query>();
  for (const read of reads)
    for (const id of ownIds(read)) if (!owners.has(id)) owners.set(id, read);
  const kept = new Set<Query>();
  const tables = new Set<string>();
  const keep = (read: Query | undefined): void => {
    if (!read || kept.has(read)) return;
    kept.add(read);
    tables.add(read.table);
    for (const id of spoken.get(read) ?? []) keep(owners.get(id));
  };
  const said = new Set([...idsIn(writes), ...idsIn(outcomes)]);
  const leaning = leaningOf(reads, { spoken, owners });
  for (const read of reads) {
    if (ownIds(read).some((id) => said.has(id)) || !leaning.has(read)) keep(read);
  }
  for (const read of reads) if (!tables.has(read.table)) keep(read);
  return reads.filter((read) => kept.has(read));
}

interface Spoken {
  /** What each read speaks of beside itself. */
  readonly spoken: ReadonlyMap<Query, readonly string[]>;
  readonly owners: ReadonlyMap<string, Query>;
}

/** The reads that are not for their own sake: some of another's rows or a row's own, or speaking of such reads. */
function leaningOf(reads: readonly Query[], { spoken, owners }: Spoken): ReadonlySet<Query> {
  const speakers = new Map<Query, Query[]>();
  for (const read of reads) {
    for (const id of spoken.get(read) ?? []) {
      const other = owners.get(id);
      if (other) speakers.set(other, [...(speakers.get(other) ?? []), read]);
    }
  }
  const leaning = new Set(reads.filter(({ of }) => of !== null));
  for (const read of leaning) for (const each of speakers.get(read) ?? []) leaning.add(each);
  return leaning;
}

function ownIds({ id, joins }: Query): string[] {
  return [id, ...joins.map((join) => join.id)];
}

function spokenOf(read: Query): string[] {
  const own = ownIds(read);
  return [...idsIn(read)].filter((id) => !own.includes(id));
}

/** The rows and queries that a part of a model speaks of. */
function idsIn(thing: unknown): Set<string> {
  const ids = new Set<string>();
  const seen = new Set<object>();
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object' || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) value.forEach(walk);
    else {
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
