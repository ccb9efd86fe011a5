import type { LayoutColumn, LayoutForeignKey, LayoutTable } from '../db/db.ts';
import type { PlannedKey } from './bulk.ts';
import { asksOnlyForNull } from './check-hints.ts';
import { boundsOf, type Few, fewValues } from './few-values.ts';
import { baseOf, type Types } from './literal.ts';
import { type Span, spansOf } from './spans.ts';

/** What a table's constraints make of its columns, before any value is chosen. */
export interface Roles {
  /** Columns whose every value is their row's own. */
  readonly distinct: ReadonlySet<number>;
  /** Columns of ranges that may not overlap. */
  readonly spans: ReadonlyMap<number, Span>;
  /** The EXCLUDEs that those keep. */
  readonly apart: ReadonlySet<string>;
  /** Foreign keys that no two rows share a target of, each with the columns that a unique key has of it. */
  readonly once: ReadonlyMap<number, readonly number[]>;
  /** The foreign keys, and columns of few values, that a unique key consists of. */
  readonly junction: Covering | null;
  /** Foreign key columns that CHECKs only ask to be null or not. */
  readonly patterns: ReadonlySet<number>;
  /** Columns that a pool decides. */
  readonly pooled: ReadonlySet<number>;
  /** Columns that no pool can decide. */
  readonly fixed: ReadonlySet<number>;
  /** Whether the database has to look at the whole rows before they are written. */
  readonly judged: boolean;
  readonly depth: number | null;
}

/** Foreign keys by position that share no column, and columns of few values: between them, all of a unique key. */
export interface Covering {
  readonly keys: readonly number[];
  readonly lists: readonly Few[];
}

export function rolesOf(
  table: LayoutTable,
  keys: readonly PlannedKey[],
  { types, decided, tables, known }: Pick<Spreading, 'types' | 'decided' | 'tables' | 'known'>,
): Roles {
  const linked = new Set(table.foreignKeys.flatMap((key) => key.columns));
  const self = new Set(keys.flatMap(({ key, self: own }) => (own ? carriedBy(key) : [])));
  const depth = keys.some((key) => key.self) ? depthOf(table) : null;
  const checks = table.checks.map((check) => check.sql);
  const patterns = new Set(
    table.columns
      .filter(
        ({ number, notNull, sql }) =>
          linked.has(number) && !notNull && asksOnlyForNull(sql, checks),
      )
      .map(({ number }) => number),
  );
  const spans = spansOf(table, {
    types,
    taken: (column) => linked.has(column.number) || decided.has(column.number) || isCounter(column),
  });
  const { distinct, once, junction, open } = spreadUniques(table, {
    spans,
    keys,
    linked,
    self,
    types,
    decided,
    tables,
    known,
  });
  const fixed = new Set(
    table.columns
      .filter((column) => {
        if (linked.has(column.number)) return !patterns.has(column.number);
        if (column.generated || column.number === depth || isCounter(column)) return true;
        if (decided.has(column.number) || spans.has(column.number)) return true;
        if (junction?.lists.some((list) => list.column === column.number)) return true;
        return distinct.has(column.number) && countsOn(column, table, types);
      })
      .map(({ number }) => number),
  );
  const unpooled = table.checks.some(
    (check) => check.columns?.some((one) => fixed.has(one)) ?? true,
  );
  const pooled = new Set(
    table.checks.flatMap(({ columns }) =>
      columns && !columns.some((column) => fixed.has(column)) ? columns : [],
    ),
  );
  const shared = [...once.keys()].some((at) =>
    keys[at]?.key.columns.some((one) => patterns.has(one)),
  );
  const apart = new Set([...spans.values()].map(({ exclude }) => exclude));
  const judged = open || unpooled || shared || table.excludes.some(({ name }) => !apart.has(name));
  return { distinct, spans, apart, once, junction, patterns, pooled, fixed, judged, depth };
}

export function isCounter(column: LayoutColumn): boolean {
  const drawn = column.identity || /^nextval\('[^']*'::regclass\)$/.test(column.default ?? '');
  return column.sequence !== null && drawn;
}

export function isText(column: LayoutColumn, types: Types): boolean {
  return /^(text|varchar|bpchar|citext|name)$/.test(baseOf(column, types).base.name);
}

/** Whether numbers (or days) of its own can just go on: its CHECKs ask for no more than a least one. */
function countsOn(column: LayoutColumn, table: LayoutTable, types: Types): boolean {
  if (isText(column, types) || fewValues(column, table, types)) return false;
  return !boundsOf(column, table).odd;
}

interface Spreading {
  readonly spans: ReadonlyMap<number, Span>;
  readonly keys: readonly PlannedKey[];
  readonly linked: ReadonlySet<number>;
  readonly self: ReadonlySet<number>;
  readonly types: Types;
  /** Columns whose values the user's config decides. */
  readonly decided: ReadonlySet<number>;
  readonly tables: readonly LayoutTable[];
  /** Whether a table's rows can be looked at already. */
  readonly known: (table: number) => boolean;
}

/** Each unique key gets one column that never repeats; `open` where one has none. */
function spreadUniques(table: LayoutTable, spreading: Spreading) {
  const { keys, linked, self, types, decided, spans } = spreading;
  const distinct = new Set<number>(spans.keys());
  const once = onceOf(table, spreading);
  let junction: Covering | null = null;
  let open = false;
  const byNumber = new Map(table.columns.map((column) => [column.number, column]));
  for (const unique of table.uniques) {
    const named = unique.columns.includes(0) ? unique.uses : unique.columns;
    const parts = named.flatMap((number) => sourcesOf(number, byNumber));
    const columns = parts.flatMap((number) => byNumber.get(number) ?? []);
    if (columns.some((column) => distinct.has(column.number) || isCounter(column))) continue;
    if ([...once.values()].some((own) => own.every((one) => parts.includes(one)))) continue;
    const free = columns.filter(
      ({ number, generated }) =>
        !generated && !decided.has(number) && (!linked.has(number) || self.has(number)),
    );
    const able = free.filter(
      (column) =>
        CAN_SPREAD.test(baseOf(column, types).base.name) &&
        // Of a unique alone the value never repeats; rows outside of a partial one may.
        !((columns.length > 1 || unique.where !== null) && fewValues(column, table, types)),
    );
    const chosen =
      able.findLast((column) => isText(column, types)) ??
      able.findLast((column) => !isBounded(column, table)) ??
      able.at(-1);
    const plain = chosen && unique.columns.includes(chosen.number);
    if (chosen && (plain || isOneToOne(unique, byNumber))) {
      distinct.add(chosen.number);
      continue;
    }
    const covering =
      unique.where === null ? coveringOf(unique.columns, table, { keys, free, types }) : null;
    if (covering && junction === null) junction = covering;
    else open = true;
  }
  return { distinct, once, junction, open };
}

type ByNumber = ReadonlyMap<number, LayoutColumn>;

/** The columns that decide one: itself, or what a generated one is made from. */
function sourcesOf(number: number, columns: ByNumber): readonly number[] {
  const column = columns.get(number);
  return column?.generated ? column.from : [number];
}

/** Whether a text that is the row's own in any spelling stays so in what the key makes of it. */
function isOneToOne({ columns, parts }: LayoutTable['uniques'][number], known: ByNumber): boolean {
  const generated = columns.find((number) => known.get(number)?.generated);
  const made = generated === undefined ? parts[0] : known.get(generated)?.default;
  return /^(lower|upper)\(/i.test(made ?? '');
}

/** A CHECK speaks of it: what counts up or goes on by the minute would soon break it. */
function isBounded({ number }: LayoutColumn, { checks }: LayoutTable): boolean {
  return checks.some(({ columns }) => columns?.includes(number));
}

/**
 * Foreign keys that have all columns of a unique key. Others that share columns have to be able to do without,
 * or to find what they point at in the row this one points at.
 */
function onceOf(
  { uniques }: LayoutTable,
  { keys, tables, known }: Spreading,
): Map<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  keys.forEach(({ key, self, nullable, returning }, at) => {
    if (returning) return;
    const bound = keys.some(
      (other, position) =>
        position !== at &&
        !other.nullable &&
        other.key.columns.some((column) => key.columns.includes(column)) &&
        !follows(other.key, key, tables),
    );
    if (bound) return;
    const unique = uniques.find(
      ({ columns, where, nullsNotDistinct }) =>
        where === null &&
        !nullsNotDistinct &&
        columns.every((column) => key.columns.includes(column)) &&
        (columns.length === key.columns.length || (!self && !nullable && known(key.table))),
    );
    if (unique) found.set(at, unique.columns);
  });
  return found;
}

/** Whether what `key` points at points in turn, with the same columns, at what `other` wants. */
function follows(
  other: LayoutForeignKey,
  key: LayoutForeignKey,
  tables: readonly LayoutTable[],
): boolean {
  const there = other.columns.map((column) => key.references[key.columns.indexOf(column)]);
  const target = tables.find(({ oid }) => oid === key.table);
  return (target?.foreignKeys ?? []).some(
    ({ table, columns, references }) =>
      table === other.table &&
      columns.length === there.length &&
      there.every((column, part) => {
        const position = columns.indexOf(column ?? 0);
        return position >= 0 && references[position] === other.references[part];
      }),
  );
}

const CAN_SPREAD =
  /^(text|citext|varchar|bpchar|name|int2|int4|int8|numeric|oid|float8|uuid|bytea|date|timestamp|timestamptz)$/;

/** What has all those columns between it; `free` ones have few values, and no CHECK ties them to other columns. */
function coveringOf(
  columns: readonly number[],
  table: LayoutTable,
  { keys, free, types }: Pick<Spreading, 'keys' | 'types'> & { free: readonly LayoutColumn[] },
): Covering | null {
  const lists: Few[] = [];
  for (const column of free) {
    const few = column.notNull ? fewValues(column, table, types) : null;
    const tied = table.checks.some((check) => {
      if (!check.columns) return true;
      const others = check.columns.some((one) => !columns.includes(one));
      return others && check.columns.includes(column.number);
    });
    if (!few || tied) return null;
    lists.push(few);
  }
  const chosen: number[] = [];
  const left = new Set(columns.filter((one) => !lists.some(({ column }) => column === one)));
  keys.forEach(({ key, self, returning }, at) => {
    if (self || returning || !key.columns.every((column) => left.has(column))) return;
    chosen.push(at);
    for (const column of key.columns) left.delete(column);
  });
  const shared = keys.some(
    ({ key }, at) => !chosen.includes(at) && key.columns.some((column) => columns.includes(column)),
  );
  return left.size === 0 && !shared ? { keys: chosen, lists } : null;
}

function carriedBy(key: PlannedKey['key']): number[] {
  return key.columns.filter((column, part) => key.references[part] === column);
}

function depthOf(table: LayoutTable): number | null {
  return (
    table.columns.find(({ name }) => /^(depth|level|lvl|tree_?depth)$/i.test(name))?.number ?? null
  );
}
