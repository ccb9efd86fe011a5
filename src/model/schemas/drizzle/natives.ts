import type { ts } from '../../../kernel/syntax.ts';
import type { FunctionValue, Native, Value } from '../../static/value.ts';

/** A column as Drizzle's builder has it so far. */
export interface ColumnNative extends Native {
  readonly type: 'drizzle.column';
  /** The SQL name as written, null where the property's name stands for it. */
  readonly name: string | null;
  readonly property: string;
  readonly sqlType: string;
  readonly array: boolean;
  readonly maxLength: number | null;
  readonly values: readonly string[] | null;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  readonly unique: { readonly name: string | null; readonly nullsNotDistinct: boolean } | null;
  readonly default: ColumnDefault | null;
  readonly references: { readonly to: Value; readonly onDelete: string | null } | null;
  readonly table: TableNative | null;
}

export type ColumnDefault =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'expression'; readonly text: string }
  | { readonly kind: 'sequence' }
  | { readonly kind: 'identity'; readonly always: boolean }
  | { readonly kind: 'generated' }
  | { readonly kind: 'application'; readonly text: string };

export interface TableNative extends Native {
  readonly type: 'drizzle.table';
  readonly name: string;
  readonly schema: string;
  readonly columns: Map<string, ColumnNative>;
  /** True where a part of the columns could not be read. */
  readonly partial: boolean;
  readonly extras: Value | null;
  readonly node: ts.Node;
}

export interface EnumNative extends Native {
  readonly type: 'drizzle.enum';
  readonly name: string;
  readonly schema: string;
  readonly values: readonly string[];
  readonly keys: readonly (readonly [string, string])[] | null;
}

/** `pgSchema('billing')`, `pgTableCreator((name) => …)`, `customType({ dataType })`: what makes more. */
export interface MakerNative extends Native {
  readonly type: 'drizzle.maker';
  readonly makes: 'schema' | 'table' | 'column';
  readonly schema: string;
  readonly name: FunctionValue | null;
  readonly sqlType: string;
}

/** An index or constraint of a table's third argument. */
export interface ConstraintNative extends Native {
  readonly type: 'drizzle.constraint';
  readonly kind: 'index' | 'unique' | 'primaryKey' | 'foreignKey' | 'check';
  readonly name: string | null;
  readonly on: readonly Value[];
  readonly to: readonly Value[];
  readonly onDelete: string | null;
  readonly where: Value | null;
  readonly nullsNotDistinct: boolean;
}

/** Text and values in turn, as in a template. */
export interface SqlNative extends Native {
  readonly type: 'drizzle.sql';
  readonly parts: readonly (string | Value)[];
}

export interface RelationsNative extends Native {
  readonly type: 'drizzle.relations';
  readonly table: TableNative;
  readonly build: Value;
}

/** What `one(…)` and `many(…)` give. */
export interface RelationNative extends Native {
  readonly type: 'drizzle.relation';
  readonly kind: 'one' | 'many';
  readonly table: TableNative;
  readonly fields: readonly Value[];
  readonly references: readonly Value[];
  readonly label: string | null;
}

export type DrizzleNative =
  | ColumnNative
  | TableNative
  | EnumNative
  | MakerNative
  | ConstraintNative
  | SqlNative
  | RelationsNative
  | RelationNative;

export function isDrizzle(value: Native | undefined): value is DrizzleNative {
  return value?.type.startsWith('drizzle.') ?? false;
}
