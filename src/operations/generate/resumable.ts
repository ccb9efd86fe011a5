import type { Rows } from '../../bulk/bulk.ts';
import type { Made } from '../../bulk/make.ts';
import type { StoredRows } from '../../bulk/stored.ts';
import { openCopier } from '../../db/copy.ts';
import type { Layout } from '../../db/db.ts';
import type { Loaded, Loading } from '../../run/load.ts';
import { loadKept } from '../../run/load-kept.ts';
import { type Kept, openKept } from './kept.ts';
import { stillStands } from './standing.ts';

export interface Resuming {
  /** What tells this call from others. */
  readonly call: readonly string[];
  readonly url: string;
  readonly layout: Layout;
  /** How many sessions write at once. */
  readonly workers: number;
  readonly loading: Loading;
  make(): Promise<Made>;
  bind(stored: StoredRows): Promise<Made['groups']>;
}

/** Goes on with what an earlier run of the same call left, or begins it. */
export async function loadResumable(resuming: Resuming): Promise<readonly Loaded[]> {
  const { call, url, workers, loading } = resuming;
  const { sql } = loading;
  const kept = await takenUp(call, resuming);
  const groups = await rowsFor(resuming, kept);
  await using stack = new AsyncDisposableStack();
  const sessions = [sql];
  while (sessions.length < workers) {
    const session = stack.use(await openCopier(url));
    await kept.join(session);
    sessions.push(session);
  }
  const loaded = await loadKept(groups, { ...loading, keep: kept.keep, sessions });
  await kept.end();
  return loaded;
}

/** What an earlier run left, unless nothing of that is there any more. */
async function takenUp(
  call: readonly string[],
  { layout, loading: { sql } }: Pick<Resuming, 'layout' | 'loading'>,
): Promise<Kept> {
  const kept = await openKept(call, sql);
  const { stored, keep } = kept;
  if (!stored || (await stillStands(stored, keep.done, { sql, layout }))) return kept;
  await kept.end();
  return { ...kept, stored: null, keep: { ...keep, done: new Map() } };
}

async function rowsFor(
  { make, bind }: Resuming,
  kept: Kept,
): Promise<readonly (readonly Rows[])[]> {
  if (kept.stored) return await bind(kept.stored);
  const { groups, existing } = await make();
  await kept.begin({ groups: groups.map((group) => group.map(({ plan }) => plan)), existing });
  return groups;
}
