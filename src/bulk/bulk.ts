import type { LayoutColumn, LayoutForeignKey, LayoutTable } from '../db/db.ts';
import type { Draw, Key } from './random.ts';

/** What a foreign key can point at: rows by position, whose cells are known without asking. */
export interface Parents {
  readonly size: number;
  cell(column: number, index: number): string | null;
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

/** Where a column's values come from. */
export type Source =
  | { readonly kind: 'omitted' }
  | { readonly kind: 'constant'; readonly text: string | null }
  | { readonly kind: 'counter'; readonly start: number; readonly step: number }
  | { readonly kind: 'depth' }
  | {
      readonly kind: 'pool';
      readonly pool: Pool;
      readonly position: number;
      readonly key: Key;
      readonly skip: number;
    }
  | {
      readonly kind: 'drawn';
      readonly key: Key;
      readonly nulls: boolean;
      readonly make: (draw: Draw) => string | null;
      /** Every row its own value: the row's number goes into it. */
      readonly distinct: ((made: string | null, index: number) => string) | null;
      /** Half of the rows keep the column's own default. */
      readonly half: string | null;
    };

export interface PlannedColumn {
  readonly column: LayoutColumn;
  readonly source: Source;
  /** Foreign keys it takes part in, by position. */
  readonly keys: readonly number[];
}

export interface PlannedKey {
  readonly key: LayoutForeignKey;
  readonly parents: Parents;
  readonly self: boolean;
  readonly nullable: boolean;
  /** Some rows do without; not inside a cycle of tables, where a link is what makes it one. */
  readonly optional: boolean;
  readonly draw: Key;
}

/** Rows of one table by number: any row at any time gives the same text, whoever asks. */
export interface Rows extends Parents {
  readonly job: TableJob;
  /** The columns that are written, in order. */
  readonly columns: readonly LayoutColumn[];
  row(index: number): readonly (string | null)[];
  /** The next of the row's possible forms, after the database refused this one. */
  retry(index: number): void;
}
