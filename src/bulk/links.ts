import { StatewrightError } from '../kernel/errors.ts';
import type { Junction, Parents, PlannedKey, RowPlan } from './bulk.ts';
import { formOf, isSpare } from './forms.ts';
import { bitsAt, keyOf, permute } from './random.ts';
import type { Forest } from './tree.ts';

/** Which row each foreign key of a row points at, -1 for none; behind them which value it has of each list of the junction. */
export type Links = (index: number, attempt: number) => readonly number[];

export function linksOf(plan: RowPlan, parents: (table: number) => Parents, forest: Forest): Links {
  const { keys, junction, job } = plan;
  const order = keyOf(plan.seed, job.table.sql, 'junction');
  const sizes = junction ? sizesOf(junction, keys) : [0];
  const room = junction?.allowed?.length ?? combinations(sizes);
  if (junction) assertRoom(plan, room);
  for (const { once, self, nullable, free, returning, spare, size: below } of keys) {
    if (returning) assertRoom(plan, below);
    if (once && !self && !nullable && spare === null) assertRoom(plan, free?.length ?? below);
    if (!self && !nullable && below === 0) assertRoom(plan, 0);
  }
  const below = plan.standing?.cells.length ?? 0;
  // A column says how deep each row stands.
  const levelled = plan.columns.some(({ source }) => source.kind === 'depth');
  const indexes = new Map<string, Map<string, number[]>>();
  return (index, attempt) => {
    const drawn = index + attempt * 2 ** 34;
    const links: number[] = keys.map(({ returning }) => (returning ? -1 : -2));
    if (junction) {
      const at = permute(order, room, turnOf(job, { index, attempt, room }));
      const chosen = combinationAt(sizes, junction.allowed?.[at] ?? at);
      for (const [nth, position] of junction.keys.entries()) links[position] = chosen[nth] ?? -1;
      links.push(...chosen.slice(junction.keys.length));
    }
    keys.forEach(({ self, nullable, once, draw }, position) => {
      if (!self || links[position] !== -2) return;
      if (once) {
        const alone = nullable ? -1 : index;
        links[position] = nullable && index % 2 === 1 ? index - 1 : alone;
        return;
      }
      const parent = forest.parent(index);
      const form = formOf(attempt);
      const apart = form === 'drawn' || (form === 'alike' && parent === index);
      if (below > 0 && attempt > 0 && apart) {
        links[position] = job.count + Math.floor((bitsAt(draw, drawn) / 2 ** 32) * below);
        return;
      }
      links[position] = parent === index && nullable ? -1 : parent;
      if (/root/i.test(nameOf(keys[position])))
        links[position] = nullable && parent === index ? -1 : forest.root(index);
      else if (nullable && parent !== index && !levelled && bitsAt(draw, index) % 16 === 0)
        links[position] = -1;
    });
    keys.forEach((planned, position) => {
      if (planned.once && !planned.self && !planned.returning)
        links[position] = onlyLink(planned, job, { index, attempt });
    });
    if (formOf(attempt) === 'plain') {
      keys.forEach(({ nullable }, position) => {
        if (nullable && !junction?.keys.includes(position)) links[position] = -1;
      });
    }
    if (formOf(attempt) === 'spare' || index >= job.count) {
      keys.forEach(({ spare }, position) => {
        if (spare !== null) links[position] = spare + index;
      });
    }
    linkRest(keys, { links, drawn, indexes, parents });
    return links;
  };
}

/** The row's turn among all there are; one that was refused takes another's. */
export function turnOf(
  { count }: RowPlan['job'],
  { index, attempt, room }: { index: number; attempt: number; room: number },
): number {
  return (index + attempt * count) % room;
}

/** Where a key points that no two rows may share; -1 once every parent is taken. */
export function onlyLink(
  { size: all, free, draw, nullable, optional, spare }: PlannedKey,
  job: RowPlan['job'],
  { index, attempt }: { index: number; attempt: number },
): number {
  const size = free?.length ?? all;
  if (spare !== null && (formOf(attempt) === 'spare' || index >= job.count)) return spare + index;
  if (size === 0 || (nullable && (index >= size || formOf(attempt) === 'plain'))) return -1;
  if (bitsAt(draw, index, 99) < optional * 2 ** 32) return -1;
  const at = permute(draw, size, turnOf(job, { index, attempt, room: size }));
  return free?.[at] ?? at;
}

type Combined = Pick<Junction, 'keys' | 'lists'>;

/** How many rows each key of a junction can point at, then how many values each of its lists has. */
export function sizesOf({ keys: chosen, lists }: Combined, keys: readonly PlannedKey[]): number[] {
  return [...chosen.map((at) => keys[at]?.size ?? 0), ...lists.map(({ values }) => values.length)];
}

export function combinations(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/** The combination of a number, by position. */
export function combinationAt(sizes: readonly number[], number: number): number[] {
  let rest = number;
  return sizes.map((size) => {
    const at = rest % size;
    rest = Math.floor(rest / size);
    return at;
  });
}

interface Filling {
  readonly links: number[];
  readonly drawn: number;
  readonly indexes: Map<string, Map<string, number[]>>;
  readonly parents: (table: number) => Parents;
}

/** Keys with more columns first; one that shares columns with an earlier one looks among the rows that agree. */
function linkRest(keys: readonly PlannedKey[], filling: Filling): void {
  const { links, drawn, indexes, parents } = filling;
  const given = links.map((link) => link);
  for (let attempt = 0; attempt < 64; attempt++) {
    given.forEach((link, at) => {
      links[at] = link;
    });
    const known = new Map<number, string | null>();
    keys.forEach((planned, at) => {
      const link = links[at] ?? -2;
      if (link < 0 || planned.self || isSpare(planned, link)) return;
      note(planned.key, { link, known, parents });
    });
    const fine = keys.every((planned, at) => {
      if (links[at] !== -2) return true;
      const shared = planned.key.columns.filter((column) => known.has(column));
      const bits = bitsAt(planned.draw, drawn, attempt);
      if (bitsAt(planned.draw, drawn, 99) < planned.optional * 2 ** 32) {
        links[at] = -1;
        return true;
      }
      const candidates =
        shared.length > 0 ? agreeing(planned.key, known, { shared, indexes, at, parents }) : null;
      const count = candidates ? candidates.length : planned.size;
      if (count === 0) {
        links[at] = -1;
        return planned.nullable;
      }
      const inTurn = !candidates && planned.skew === 0 && attempt === 0;
      const chosen = inTurn
        ? permute(planned.draw, count, drawn % count)
        : Math.floor((bits / 2 ** 32) * count);
      links[at] = candidates ? (candidates[chosen] ?? 0) : chosen;
      note(planned.key, { link: links[at] ?? 0, known, parents });
      return true;
    });
    if (fine) return;
  }
}

interface Noting {
  readonly link: number;
  readonly known: Map<number, string | null>;
  readonly parents: Filling['parents'];
}

function note({ columns, references, table }: PlannedKey['key'], noting: Noting): void {
  const { link, known, parents } = noting;
  columns.forEach((column, part) => {
    known.set(column, parents(table).cell(references[part] ?? 0, link));
  });
}

interface Agreeing {
  readonly shared: readonly number[];
  readonly indexes: Filling['indexes'];
  readonly at: number;
  readonly parents: Filling['parents'];
}

function agreeing(
  key: PlannedKey['key'],
  known: ReadonlyMap<number, string | null>,
  { shared, indexes, at, parents: find }: Agreeing,
): readonly number[] {
  const parents = find(key.table);
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

function assertRoom({ job }: RowPlan, room: number): void {
  if (job.count <= room) return;
  throw new StatewrightError(
    'generate.noRoom',
    `${job.table.sql} has room for ${room} rows with these parents, ${job.count} were asked for. Nothing was written.`,
    {
      hint: `Ask for at most ${room} (--fewer does), or for more rows of the tables it refers to.`,
      facts: { table: job.table.sql, constraints: [], left: job.count - room },
    },
  );
}
