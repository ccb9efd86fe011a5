import type { LayoutColumn, LayoutForeignKey, LayoutTable } from '../db/db.ts';
import type { Few } from './few-values.ts';
import type { Key } from './random.ts';
import type { Write } from './sink.ts';
import type { Span } from './spans.ts';

/** What a foreign key can point at: rows by position, whose cells are known without asking. */
export interface Parents {
  readonly size: number;
  cell(column: number, index: number): string | null;
  writer(column: number): Write;
}

/** Rows that a table has already; the cells of each in the order of `columns`. */
export interface Existing {
  readonly columns: readonly number[];
  readonly cells: readonly (readonly (string | null)[])[];
}

/** Valid values of some columns together, as the database judged them. */
export interface Pool {
  readonly columns: readonly number[];
  readonly tuples: readonly (readonly (string | null)[])[];
  /** The n-th row takes the n-th tuple: one of the columns is unique. */
  readonly keyed: boolean;
}

export interface TableJob {
  readonly table: LayoutTable;
  readonly count: number;
  /** Rows the table has already: ours go on counting from there. */
  readonly offset: number;
}

/** What a drawn value is, before its row's number decides which. */
export type Value =
  | {
      readonly kind: 'words';
      readonly max: number | null;
      readonly faker: string | null;
      readonly locales: readonly string[];
    }
  /** `after` is the key of a date or time of the row that comes before it. */
  | { readonly kind: 'typed'; readonly after: Key | null }
  /** `upTo` is the share of rows that have this text or one before it. */
  | {
      readonly kind: 'weighted';
      readonly texts: readonly string[];
      readonly upTo: readonly number[];
    }
  | {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly decimals: number;
      readonly skew: number;
    }
  /** In milliseconds. */
  | {
      readonly kind: 'series';
      readonly from: number;
      readonly every: number;
      readonly jitter: number;
      readonly day: boolean;
    };

/** How a value is made its row's own; `start` is where numbers start, or the rows that are there. */
export interface Distinct {
  readonly kind: 'text' | 'number' | 'uuid' | 'bytes' | 'day' | 'minute';
  readonly max: number | null;
  readonly start: number;
}

/** Where a column's values come from. */
export type Source =
  | { readonly kind: 'omitted' }
  | { readonly kind: 'constant'; readonly text: string | null }
  | { readonly kind: 'counter'; readonly start: number; readonly step: number }
  | { readonly kind: 'depth' }
  /** One of the junction's lists, by position. */
  | { readonly kind: 'listed'; readonly at: number }
  /** `start` is the number of the first range. */
  | {
      readonly kind: 'span';
      readonly key: Key;
      readonly end: Span['end'];
      readonly of: Span['of'];
      readonly start: number;
    }
  | {
      readonly kind: 'pool';
      readonly pool: Pool;
      readonly position: number;
      readonly key: Key;
    }
  | {
      readonly kind: 'drawn';
      readonly key: Key;
      /** The share of rows without a value. */
      readonly nulls: number;
      readonly value: Value;
      /** Every row its own value: the row's number goes into it. */
      readonly distinct: Distinct | null;
      /** The column's own default, which half of the rows keep, or all that the database did not refuse. */
      readonly usual: { readonly text: string; readonly of: 'half' | 'unrefused' } | null;
    };

export interface PlannedColumn {
  readonly column: LayoutColumn;
  readonly source: Source;
  /** Foreign keys it takes part in, by position. */
  readonly keys: readonly number[];
  /** What a refused row may take from the rows it points at: the foreign key by position, the column there. */
  readonly alike: readonly { readonly at: number; readonly column: number }[];
  /** The plainest text that a refused row may fall back on; NULL where null, none where undefined. */
  readonly plain?: string | null | undefined;
}

export interface PlannedKey {
  readonly key: LayoutForeignKey;
  /** How many rows it can point at. */
  readonly size: number;
  readonly self: boolean;
  readonly nullable: boolean;
  /** The share of rows that do without; none in a cycle of tables, where a link is what makes it one. */
  readonly optional: number;
  /** A unique key consists of it, or of some of its columns: no two rows point at the same. */
  readonly once: boolean;
  /** Columns in which the row it points at agrees with this one, for that row points back; null for any row. */
  readonly returning: {
    readonly columns: readonly number[];
    readonly references: readonly number[];
  } | null;
  /** The first row beyond those of the other table that only this table's triggers may make; null where they make none. */
  readonly spare: number | null;
  /** The rows nobody points at yet, where only those can be had; null for any. */
  readonly free: readonly number[] | null;
  /** How much more often the first rows are pointed at; 0 where each is in its turn. */
  readonly skew: number;
  readonly draw: Key;
}

/** Foreign keys and columns of few values that a unique key consists of: row n takes the n-th of all combinations. */
export interface Junction {
  readonly keys: readonly number[];
  readonly lists: readonly Few[];
  /** The combinations that CHECKs leave; all of them where null. */
  readonly allowed: readonly number[] | null;
}

/** All that decides a table's rows, as plain data: whoever has it writes the same bytes. */
export interface RowPlan {
  readonly job: TableJob;
  readonly seed: string;
  readonly columns: readonly PlannedColumn[];
  readonly keys: readonly PlannedKey[];
  readonly junction: Junction | null;
  /** How deep a tree within the table may be. */
  readonly depth: number;
  /** Rows that were there, below which a refused root of a tree may hang; null where there is no tree or none. */
  readonly standing: Existing | null;
  /** EXCLUDEs that the rows keep by how they are made. */
  readonly apart: ReadonlySet<string>;
  /** Foreign key columns whose nullness a pool decides. */
  readonly patterns: readonly number[];
  /** Rows the database refused, with how many forms of theirs it has refused. */
  readonly attempts: Map<number, number>;
}

/** Which rows: a range, or some by number. */
export type Numbers = { readonly from: number; readonly to: number } | readonly number[];

/** Rows of one table by number: any row at any time gives the same text, whoever asks. */
export interface Rows extends Parents {
  readonly plan: RowPlan;
  readonly job: TableJob;
  /** The columns that are written, in order, each with its writer. */
  readonly columns: readonly LayoutColumn[];
  readonly writers: readonly Write[];
  row(index: number): readonly (string | null)[];
  /** Rows in COPY's text format, whole lines at a time; `numbered` puts each row's number first. */
  lines(numbers: Numbers, numbered?: boolean): Iterable<Uint8Array>;
  /** Gives rows the database refused their next form. */
  reform(numbers: readonly number[]): void;
  /** The same rows without some columns, by number. */
  without(columns: readonly number[]): Rows;
}
