import type { SqlType } from '../db/db.ts';
import type { Parents, PlannedColumn, PlannedKey, RowPlan, Rows } from './bulk.ts';
import { copyText, unescaped } from './copy-text.ts';
import { existingRows, withStanding } from './existing.ts';
import { formOf, inForm, isSpare, nextForm } from './forms.ts';
import { linksOf, onlyLink, turnOf } from './links.ts';
import { bitsAt, keyOf, permute } from './random.ts';
import { sinkOf, type Write } from './sink.ts';
import { APART, type Drawing, writerOf } from './source.ts';
import { forestOf } from './tree.ts';
import { textsOf } from './variants.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Binding {
  readonly types: ReadonlyMap<number, SqlType>;
  readonly words: Vocabulary;
  /** The rows of a table that is referred to; asked late, for tables may need each other. */
  readonly parents: (table: number) => Parents;
}

/** The rows of a table as functions of their number. */
export function rowsOf(plan: RowPlan, given: Binding): Rows {
  const { job, seed } = plan;
  const own = job.table.oid;
  const parents = (table: number): Parents => (table === own ? inside : given.parents(table));
  const binding: Binding = { ...given, parents };
  const forest = forestOf(keyOf(seed, job.table.sql, 'forest'), plan.depth);
  const drawing: Drawing = { ...binding, plan, forest };
  const chosen = choosing(plan, binding, forest);
  const writers = new Map<number, Write>();
  const writer = (number: number): Write => {
    let known = writers.get(number);
    if (!known) {
      const planned = plan.columns.find(({ column }) => column.number === number);
      known = planned ? cellWriter(planned, { drawing, binding, chosen }) : () => false;
      writers.set(number, known);
    }
    return known;
  };
  const cell = (number: number, index: number) => textOf(writer(number), index);
  const showing = (left: readonly number[]): Rows => {
    const columns = plan.columns
      .filter(({ source, column }) => source.kind !== 'omitted' && !left.includes(column.number))
      .map(({ column }) => column);
    const writers = columns.map(({ number }) => writer(number));
    return {
      plan,
      job,
      size: job.count,
      columns,
      writers,
      row: (index) => columns.map(({ number }) => cell(number, index)),
      lines: (numbers, numbered) => copyText({ writers }, numbers, numbered),
      reform: (numbers) => {
        for (const at of numbers) plan.attempts.set(at, nextForm(plan.attempts.get(at) ?? 0));
      },
      without: showing,
      cell,
      writer,
    };
  };
  const rows = showing([]);
  const inside = plan.standing ? withStanding(rows, existingRows(plan.standing)) : rows;
  return rows;
}

const scratch = sinkOf(4096);

/** What a writer writes, as text. Writers may ask for others' texts, so the place is given back. */
export function textOf(write: Write, index: number): string | null {
  const from = scratch.at;
  const written = write(scratch, index);
  const text = written ? unescaped(scratch.bytes.toString('utf8', from, scratch.at)) : null;
  scratch.at = from;
  return text;
}

/** The rows that the row's foreign keys point at; columns of one row ask one after the other. */
function choosing(plan: RowPlan, binding: Binding, forest: ReturnType<typeof forestOf>) {
  const { keys, attempts } = plan;
  const links = linksOf(plan, binding.parents, forest);
  const carried = new Set(
    keys.flatMap(({ key, self }) =>
      self ? key.columns.filter((column, part) => key.references[part] === column) : [],
    ),
  );
  const worked = (index: number): readonly number[] => {
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
  let last: { index: number; attempt: number; links: readonly number[] } | null = null;
  return (index: number): readonly number[] => {
    const attempt = attempts.get(index) ?? 0;
    if (last?.index === index && last.attempt === attempt) return last.links;
    const found = worked(index);
    last = { index, attempt, links: found };
    return found;
  };
}

interface Spot {
  readonly drawing: Drawing;
  readonly binding: Binding;
  readonly chosen: (index: number) => readonly number[];
}

function cellWriter(planned: PlannedColumn, spot: Spot): Write {
  const { plan } = spot.drawing;
  const write = plainly(planned, spot);
  // Only the database's own code wants other forms of a row, and every step counts here.
  if (!plan.job.table.triggers) return write;
  return inForm(planned, write, { plan, links: spot.chosen, parents: spot.binding.parents });
}

function plainly(planned: PlannedColumn, spot: Spot): Write {
  const { plan } = spot.drawing;
  if (planned.source.kind === 'listed') return listedWriter(planned.source.at, spot);
  const own = writerOf(planned, spot.drawing);
  const [only] = planned.keys;
  if (only === undefined) return own;
  const back = planned.keys.find((at) => plan.keys[at]?.returning);
  const returning = back === undefined ? undefined : plan.keys[back];
  if (returning) return returningWriter(planned, returning, { ...spot, own });
  const free = plan.keys[only];
  const alone = planned.keys.length === 1 && !plan.patterns.includes(planned.column.number);
  if (free && alone && isFree(free, only, plan)) return linkWriter(planned, free, { ...spot, own });
  return linkedWriter(planned, { ...spot, own });
}

/** Writes the row's value of one of the junction's lists. */
function listedWriter(at: number, { drawing, chosen }: Spot): Write {
  const { keys, junction } = drawing.plan;
  const values = junction?.lists[at]?.values ?? [];
  const texts = textsOf(values.length, (value) => values[value] ?? null);
  return (sink, index) => texts(sink, chosen(index)[keys.length + at] ?? 0);
}

/** No other key speaks of its columns, and nothing but its own draw decides where it points. */
function isFree({ key, self }: PlannedKey, at: number, { keys, junction }: RowPlan): boolean {
  if (self || junction?.keys.includes(at)) return false;
  return keys.every(
    (other, position) =>
      position === at || !other.key.columns.some((column) => key.columns.includes(column)),
  );
}

function linkWriter(
  { column }: PlannedColumn,
  planned: PlannedKey,
  { binding, own, drawing }: Spot & { own: Write },
): Write {
  const { key, draw, size, optional, nullable } = planned;
  const { attempts, job } = drawing.plan;
  const reference = key.references[key.columns.indexOf(column.number)] ?? 0;
  const parent = late(() => binding.parents(key.table), reference);
  const pick = picker(planned);
  const missing = optional * 2 ** 32;
  const without: Write = column.notNull ? own : () => false;
  if (size === 0) return nullable ? without : own;
  if (planned.once) {
    return (sink, index) => {
      const link = onlyLink(planned, job, { index, attempt: attempts.get(index) ?? 0 });
      return link < 0 ? without(sink, index) : parent(sink, link);
    };
  }
  return (sink, index) => {
    const attempt = attempts.size === 0 ? 0 : (attempts.get(index) ?? 0);
    const at = attempt === 0 ? index : index + attempt * APART;
    if (nullable && attempt > 0 && formOf(attempt) === 'plain') return without(sink, index);
    if (bitsAt(draw, at, 99) < missing) return without(sink, index);
    return parent(sink, pick(at));
  };
}

/** A row to point at: any is as likely, or the first ones are more, or each comes in its turn. */
function picker({ draw, size, skew }: PlannedKey): (at: number) => number {
  if (skew === 1) return (at) => Math.floor((bitsAt(draw, at) / 2 ** 32) * size);
  if (skew === 0) {
    return (at) => {
      const round = Math.floor(at / size);
      return (permute(draw, size, at % size) + round) % size;
    };
  }
  return (at) => Math.floor((bitsAt(draw, at) / 2 ** 32) ** skew * size);
}

/** Points at the row that points back: it is looked for by what both agree on. */
function returningWriter(
  { column }: PlannedColumn,
  { key, returning }: PlannedKey,
  { binding, own, drawing }: Spot & { own: Write },
): Write {
  const reference = key.references[key.columns.indexOf(column.number)] ?? 0;
  const parent = late(() => binding.parents(key.table), reference);
  const { columns = [], references = [] } = returning ?? {};
  const told = (rows: Parents, those: readonly number[], at: number) =>
    JSON.stringify(those.map((one) => rows.cell(one, at)));
  const pointing = new Map<string, number>();
  return (sink, index) => {
    if (pointing.size === 0) {
      const rows = binding.parents(key.table);
      for (let at = rows.size - 1; at >= 0; at--) pointing.set(told(rows, references, at), at);
    }
    const inside = binding.parents(drawing.plan.job.table.oid);
    const link = pointing.get(told(inside, columns, index));
    return link === undefined ? own(sink, index) : parent(sink, link);
  };
}

function linkedWriter(
  { column, keys, source }: PlannedColumn,
  { drawing, binding, chosen, own }: Spot & { own: Write },
): Write {
  const { plan } = drawing;
  const { number, notNull } = column;
  const pattern = plan.patterns.includes(number) && source.kind === 'pool' ? own : null;
  const ways = keys.flatMap((at) => {
    const planned = plan.keys[at];
    if (!planned) return [];
    const reference = planned.key.references[planned.key.columns.indexOf(number)] ?? 0;
    const parent = late(() => binding.parents(planned.key.table), reference);
    return [{ at, planned, parent, carried: planned.self && reference === number }];
  });
  return (sink, index) => {
    if (pattern) {
      const from = sink.at;
      if (!pattern(sink, index)) return false;
      sink.at = from;
    }
    const links = chosen(index);
    const isLast = ({ at, planned }: (typeof ways)[number]) => isSpare(planned, links[at] ?? -1);
    const ordered = ways.some(isLast)
      ? [...ways.filter((way) => !isLast(way)), ...ways.filter(isLast)]
      : ways;
    for (const { at, planned, parent, carried } of ordered) {
      let link = links[at] ?? -1;
      if (link < 0 && pattern) link = someOther(planned, plan, index);
      if (link < 0 || (carried && link === index)) continue;
      return parent(sink, link);
    }
    return notNull ? own(sink, index) : false;
  };
}

/** A parent's writer, found when it is first asked: tables that need each other are compiled in turn. */
function late(find: () => Parents, reference: number): Write {
  let found: Write | undefined;
  return (sink, index) => {
    if (found) return found(sink, index);
    const parents = find();
    const writer = parents.writer(reference);
    if (parents.size > 0) found = writer;
    return writer(sink, index);
  };
}

function someOther(
  { size, self, draw, once, free }: PlannedKey,
  { job, attempts }: RowPlan,
  index: number,
): number {
  if (once && !self) {
    const room = free?.length ?? size;
    const at =
      room === 0
        ? -1
        : permute(draw, room, turnOf(job, { index, attempt: attempts.get(index) ?? 0, room }));
    return free?.[at] ?? at;
  }
  const below = self ? Math.max(1, index) : size;
  return Math.floor((bitsAt(draw, index, 7) / 2 ** 32) * below);
}
