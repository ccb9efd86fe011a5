import { StatewrightError } from '../kernel/errors.ts';
import type { PlannedKey, TableJob } from './bulk.ts';
import { bitsAt, keyOf, permute } from './random.ts';
import type { Forest } from './tree.ts';

/** Foreign keys that a unique key consists of: row n takes the n-th of all their combinations. */
export interface Junction {
  readonly keys: readonly number[];
  /** The combinations that CHECKs leave; all of them where null. */
  readonly allowed: readonly number[] | null;
}

export interface Linking {
  readonly job: TableJob;
  readonly seed: string;
  readonly keys: readonly PlannedKey[];
  readonly junction: Junction | null;
  readonly forest: Forest;
}

/** Which row each foreign key of a row points at, -1 for none. */
export type Links = (index: number, attempt: number) => readonly number[];

export function linksOf(linking: Linking): Links {
  const { keys, junction, forest, job } = linking;
  const order = keyOf(linking.seed, job.table.sql, 'junction');
  const size = junction ? combinations(junction, keys) : 0;
  if (junction) assertRoom(linking, junction.allowed?.length ?? size);
  const indexes = new Map<string, Map<string, number[]>>();
  return (index, attempt) => {
    const drawn = index + attempt * 2 ** 34;
    const links: number[] = keys.map(() => -2);
    if (junction) {
      const at = permute(order, junction.allowed?.length ?? size, index);
      let rest = junction.allowed?.[at] ?? at;
      for (const position of junction.keys) {
        const { size: below } = (keys[position] as PlannedKey).parents;
        links[position] = rest % below;
        rest = Math.floor(rest / below);
      }
    }
    keys.forEach(({ self, nullable, draw }, position) => {
      if (!self || links[position] !== -2) return;
      const parent = forest.parent(index);
      links[position] = parent === index && nullable ? -1 : parent;
      if (/root/i.test(nameOf(keys[position])))
        links[position] = nullable && parent === index ? -1 : forest.root(index);
      else if (nullable && parent !== index && bitsAt(draw, index) % 16 === 0) links[position] = -1;
    });
    linkRest(linking, { links, drawn, indexes });
    return links;
  };
}

export function combinations(
  junction: Pick<Junction, 'keys'>,
  keys: readonly PlannedKey[],
): number {
  return junction.keys.reduce((total, at) => total * (keys[at]?.parents.size ?? 0), 1);
}

interface Filling {
  readonly links: number[];
  readonly drawn: number;
  readonly indexes: Map<string, Map<string, number[]>>;
}

/** Keys with more columns first; one that shares columns with an earlier one looks among the rows that agree. */
function linkRest({ keys }: Linking, { links, drawn, indexes }: Filling): void {
  const given = links.map((link) => link);
  for (let attempt = 0; attempt < 64; attempt++) {
    given.forEach((link, at) => {
      links[at] = link;
    });
    const known = new Map<number, string | null>();
    keys.forEach((planned, at) => {
      const link = links[at] ?? -2;
      if (link < 0 || planned.self) return;
      note(planned, link, known);
    });
    const fine = keys.every((planned, at) => {
      if (links[at] !== -2) return true;
      const shared = planned.key.columns.filter((column) => known.has(column));
      const bits = bitsAt(planned.draw, drawn, attempt);
      if (planned.optional && bitsAt(planned.draw, drawn, 99) % 10 === 0) {
        links[at] = -1;
        return true;
      }
      const candidates =
        shared.length > 0 ? agreeing(planned, known, { shared, indexes, at }) : null;
      const count = candidates ? candidates.length : planned.parents.size;
      if (count === 0) {
        links[at] = -1;
        return planned.nullable;
      }
      const chosen = Math.floor((bits / 2 ** 32) * count);
      links[at] = candidates ? (candidates[chosen] ?? 0) : chosen;
      note(planned, links[at] ?? 0, known);
      return true;
    });
    if (fine) return;
  }
}

function note({ key, parents }: PlannedKey, link: number, known: Map<number, string | null>): void {
  key.columns.forEach((column, part) => {
    known.set(column, parents.cell(key.references[part] ?? 0, link));
  });
}

function agreeing(
  { key, parents }: PlannedKey,
  known: ReadonlyMap<number, string | null>,
  { shared, indexes, at }: { shared: readonly number[]; indexes: Filling['indexes']; at: number },
): readonly number[] {
  const name = `${at}:${shared.join()}`;
  let index = indexes.get(name);
  if (!index) {
    index = new Map<string, number[]>();
    const references = shared.map((column) => key.references[key.columns.indexOf(column)] ?? 0);
    for (let row = 0; row < parents.size; row++) {
      const told = JSON.stringify(references.map((column) => parents.cell(column, row)));
      const list = index.get(told);
      if (list) list.push(row);
      else index.set(told, [row]);
    }
    indexes.set(name, index);
  }
  return index.get(JSON.stringify(shared.map((column) => known.get(column) ?? null))) ?? [];
}

function nameOf(planned: PlannedKey | undefined): string {
  const number = planned?.key.columns[0];
  return `${planned?.key.name ?? ''} ${number ?? ''}`;
}

function assertRoom({ job }: Linking, room: number): void {
  if (job.count <= room) return;
  throw new StatewrightError(
    'generate.noRoom',
    `${job.table.sql} has room for ${room} rows with these parents, ${job.count} were asked for. Nothing was written.`,
    { hint: `Ask for at most ${room}, or for more rows of the tables it refers to.` },
  );
}
