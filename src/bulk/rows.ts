import type { PlannedColumn, PlannedKey, Rows, Source, TableJob } from './bulk.ts';
import { type Junction, linksOf } from './links.ts';
import { bitsAt, drawAt } from './random.ts';
import type { Forest } from './tree.ts';

export interface RowPlan {
  readonly job: TableJob;
  readonly seed: string;
  readonly columns: readonly PlannedColumn[];
  readonly keys: readonly PlannedKey[];
  readonly junction: Junction | null;
  readonly forest: Forest;
  /** Foreign key columns whose nullness a pool decides, with where it says so. */
  readonly patterns: ReadonlyMap<number, Extract<Source, { kind: 'pool' }>>;
}

/** The rows of a table as functions of their number. */
export function rowsOf(plan: RowPlan): Rows {
  const { job, columns, keys, forest } = plan;
  const links = linksOf(plan);
  const attempts = new Map<number, number>();
  const written = columns.filter(({ source }) => source.kind !== 'omitted');
  const byNumber = new Map(columns.map((planned) => [planned.column.number, planned]));
  const carried = new Set(
    keys.flatMap(({ key, self }) =>
      self ? key.columns.filter((column, part) => key.references[part] === column) : [],
    ),
  );

  const linked = (index: number): readonly number[] => {
    if (keys.length === 0) return NONE;
    const own = links(index, attempts.get(index) ?? 0);
    if (carried.size === 0) return own;
    const root = forest.root(index);
    if (root === index) return own;
    const above = links(root, attempts.get(root) ?? 0);
    return own.map((link, at) => {
      const planned = keys[at];
      const shares = planned && !planned.self && planned.key.columns.some((c) => carried.has(c));
      return shares ? (above[at] ?? link) : link;
    });
  };
  const cellOf = (planned: PlannedColumn, index: number, chosen: readonly number[]) => {
    const pattern = plan.patterns.get(planned.column.number);
    if (pattern && pooled(pattern, index, attempts) === null) return null;
    const { number } = planned.column;
    for (const at of planned.keys) {
      const found = keys[at];
      if (!found) continue;
      let link = chosen[at] ?? -1;
      if (link < 0 && pattern) link = someOther(found, index);
      if (link < 0) continue;
      const reference = found.key.references[found.key.columns.indexOf(number)] ?? 0;
      if (found.self && link === index && reference === number) continue;
      return found.parents.cell(reference, link);
    }
    if (planned.keys.length > 0 && !planned.column.notNull) return null;
    return own(planned.source, index, { attempts, forest });
  };
  const rows: Rows = {
    job,
    size: job.count,
    columns: written.map(({ column }) => column),
    row(index) {
      const chosen = linked(index);
      return written.map((planned) => cellOf(planned, index, chosen));
    },
    cell(column, index) {
      const planned = byNumber.get(column);
      if (!planned) return null;
      const free = planned.keys.length === 0;
      return cellOf(planned, index, free ? NONE : linked(index));
    },
    retry(index) {
      attempts.set(index, (attempts.get(index) ?? 0) + 1);
    },
  };
  return rows;
}

const NONE: readonly number[] = [];
const APART = 2 ** 34;

function someOther({ parents, self, draw }: PlannedKey, index: number): number {
  const below = self ? Math.max(1, index) : parents.size;
  return Math.floor((bitsAt(draw, index, 7) / 2 ** 32) * below);
}

function pooled(
  { pool, position, key, skip }: Extract<Source, { kind: 'pool' }>,
  index: number,
  attempts: ReadonlyMap<number, number>,
): string | null {
  const drawn = index + (attempts.get(index) ?? 0) * APART;
  const at = pool.keyed
    ? index + skip
    : Math.floor((bitsAt(key, drawn) / 2 ** 32) * pool.tuples.length);
  return pool.tuples[at]?.[position] ?? null;
}

interface Spot {
  readonly attempts: ReadonlyMap<number, number>;
  readonly forest: Forest;
}

function own(source: Source, index: number, { attempts, forest }: Spot): string | null {
  switch (source.kind) {
    case 'omitted':
      return null;
    case 'constant':
      return source.text;
    case 'counter':
      return String(source.start + source.step * index);
    case 'depth':
      return String(forest.depth(index));
    case 'pool':
      return pooled(source, index, attempts);
    case 'drawn':
      return drawn(source, index, attempts.get(index) ?? 0);
  }
}

function drawn(source: Extract<Source, { kind: 'drawn' }>, index: number, attempt: number) {
  const at = index + attempt * APART;
  if (source.nulls && bitsAt(source.key, at, 1000) % 10 === 0) return null;
  if (source.half !== null && bitsAt(source.key, at, 1001) % 2 === 0) return source.half;
  const made = source.make(drawAt(source.key, at));
  return source.distinct ? source.distinct(made, index) : made;
}
