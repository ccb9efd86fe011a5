import * as z from 'zod';

/** A column; `name` is its SQL name, `property` what code calls it, `type` the SQL type in lower case. */
export const Column = z.object({
  name: z.string(),
  property: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  array: z.boolean(),
  maxLength: z.number().int().nullable(),
  /** The labels of an enum type, else null. */
  values: z.array(z.string()).nullable(),
  /** What code calls those labels, where it has names of its own for them, with the label of each. */
  labels: z.record(z.string(), z.string()).optional(),
  default: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({ kind: z.literal('literal'), value: z.json() }),
    /** now(), gen_random_uuid(), a sequence, …, as text */
    z.object({ kind: z.literal('expression'), text: z.string() }),
    z.object({ kind: z.literal('identity'), always: z.boolean() }),
    z.object({ kind: z.literal('generated') }),
    /** filled by the application's own code ($defaultFn), not by the database */
    z.object({ kind: z.literal('application'), text: z.string() }),
  ]),
});
export type Column = Readonly<z.infer<typeof Column>>;

export const ForeignKey = z.object({
  name: z.string().nullable(),
  columns: z.array(z.string()),
  table: z.string(),
  references: z.array(z.string()),
  onDelete: z.enum(['no action', 'restrict', 'cascade', 'set null', 'set default']),
  deferrable: z.boolean(),
});
export type ForeignKey = Readonly<z.infer<typeof ForeignKey>>;

/** A unique constraint or index; `where` is the predicate of a partial one, `expressions` are as SQL text. */
export const Unique = z.object({
  name: z.string().nullable(),
  columns: z.array(z.string()),
  expressions: z.array(z.string()),
  where: z.string().nullable(),
  nullsNotDistinct: z.boolean(),
});
export type Unique = Readonly<z.infer<typeof Unique>>;

export const Check = z.object({ name: z.string().nullable(), expression: z.string() });

/**
 * One table, whatever described it (Drizzle, a live database, …). `id` is the name used everywhere in
 * models and plans: the bare name in schema `public`, else `schema.name`. `property` is what the
 * application's code calls it.
 */
export const Table = z.object({
  id: z.string(),
  schema: z.string(),
  name: z.string(),
  property: z.string(),
  columns: z.array(Column),
  primaryKey: z.array(z.string()),
  uniques: z.array(Unique),
  foreignKeys: z.array(ForeignKey),
  checks: z.array(Check),
  /** Triggers by name; null where the source can't know them. */
  triggers: z.array(z.string()).nullable(),
  /** Whether one of them waits for the end of the transaction; absent where none does. */
  deferred: z.literal(true).optional(),
  /** What sees a row go, and may refuse it: triggers, rules, row security; absent where there are none. */
  departures: z.array(z.string()).optional(),
  /** Rules for its INSERTs by name; absent where there are none. */
  rules: z.array(z.string()).optional(),
});
export type Table = Readonly<z.infer<typeof Table>>;

/** The columns by which a row is found again: the primary key, else a unique without nulls; empty where neither is. */
export function keyOf({ primaryKey, uniques, columns }: Table): readonly string[] {
  if (primaryKey.length > 0) return primaryKey;
  const filled = new Set(columns.flatMap(({ nullable, name }) => (nullable ? [] : name)));
  const whole = uniques.filter((one) => one.where === null && one.expressions.length === 0);
  return whole.find((one) => one.columns.every((name) => filled.has(name)))?.columns ?? [];
}

/** What tells a row of the table from others: its key, or without one all of it. */
export function identity(table: Table): readonly string[] {
  const key = keyOf(table);
  return key.length > 0 ? key : table.columns.map(({ name }) => name);
}

/** What a live database says of itself. */
export interface Catalog {
  readonly tables: readonly Table[];
  /** A digest of the tables: the same schema gives the same one. */
  readonly digest: string;
}

/** A type as `pg_type` has it; `kind` is its `typtype`, `of` a domain's base or a range's subtype. */
export interface SqlType {
  readonly name: string;
  readonly sql: string;
  readonly kind: 'b' | 'c' | 'd' | 'e' | 'r' | 'm';
  readonly array: boolean;
  readonly element: number;
  readonly of: number | null;
  readonly typmod: number;
  readonly notNull: boolean;
  readonly labels: readonly string[] | null;
  readonly fields: readonly { readonly type: number; readonly typmod: number }[] | null;
  readonly checks: readonly string[] | null;
  /** Values known to keep a domain's checks. */
  readonly samples?: readonly string[];
}

/** A column as bulk rows need it; `sql` is its quoted name, `number` its `attnum`. */
export interface LayoutColumn {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly type: number;
  readonly typmod: number;
  readonly notNull: boolean;
  readonly identity: boolean;
  readonly generated: boolean;
  /** The columns by number that a generated one is made from. */
  readonly from: readonly number[];
  readonly comment: string | null;
  readonly default: string | null;
  /** The sequence it owns or draws from. */
  readonly sequence: {
    readonly sql: string;
    readonly step: number;
    readonly start: number;
    readonly own: boolean;
  } | null;
}

export interface LayoutUnique {
  readonly name: string;
  readonly primary: boolean;
  /** Key parts as SQL. */
  readonly parts: readonly string[];
  /** Key columns by number, 0 for an expression. */
  readonly columns: readonly number[];
  /** Every column it speaks of, its predicate included. */
  readonly uses: readonly number[];
  readonly where: string | null;
  readonly nullsNotDistinct: boolean;
}

export interface LayoutForeignKey {
  readonly name: string;
  readonly columns: readonly number[];
  readonly table: number;
  readonly references: readonly number[];
  readonly full: boolean;
}

/** One table by oid, with everything its rows must satisfy. */
export interface LayoutTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Its qualified, quoted name. */
  readonly sql: string;
  /** What its own rows are read from: without those of tables that inherit from it, with those of its partitions. */
  readonly from: string;
  /** Whether an INSERT fires triggers of the application. */
  readonly triggers: boolean;
  /** A partition that is a foreign table, through which rows would go to another server; null where none is. */
  readonly foreign: string | null;
  readonly columns: readonly LayoutColumn[];
  readonly uniques: readonly LayoutUnique[];
  readonly foreignKeys: readonly LayoutForeignKey[];
  readonly checks: readonly {
    readonly name: string;
    readonly sql: string;
    readonly columns: readonly number[] | null;
  }[];
  readonly excludes: readonly {
    readonly name: string;
    readonly parts: readonly string[];
    readonly operators: readonly string[];
    readonly where: string | null;
  }[];
}

/** What rows in bulk must satisfy, as the live database says it. */
export interface Layout {
  readonly tables: readonly LayoutTable[];
  readonly types: ReadonlyMap<number, SqlType>;
}

/** What a COPY is fed with: whole lines, made when they are asked for. */
export type Chunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** A session that also streams: `copyIn` feeds `COPY … FROM STDIN` with text and gives the rows taken. */
export interface Copier extends Session {
  copyIn(statement: string, chunks: Chunks): Promise<number>;
}

/** A result row, values as PostgreSQL sends them after the driver's own parsing. */
export type Row = Readonly<Record<string, unknown>>;

/** The keys of rows that stand in a database, as text: by table id, a row with its key columns each. */
export type Standing = ReadonlyMap<string, readonly Row[]>;

/** One session's way to run SQL; `params` are bound, never spliced. */
export interface Sql {
  query(text: string, params?: readonly unknown[], name?: string): Promise<readonly Row[]>;
}

/** Runs what may fail without spoiling the transaction it stands in, if any (else savepoints fail); `otherwise` where it does. */
export async function tried<T>(sql: Sql, work: () => Promise<T>, otherwise: T): Promise<T> {
  const inside = await sql.query('savepoint statewright_tried').catch(() => null);
  try {
    const found = await work();
    if (inside) await sql.query('release savepoint statewright_tried');
    return found;
  } catch {
    if (inside) await sql.query('rollback to savepoint statewright_tried');
    return otherwise;
  }
}

export interface SessionOptions {
  /** Seen in pg_stat_activity; `statewright/<pid>` when absent. */
  readonly applicationName?: string;
  /** Statements that take longer are cancelled; no limit when absent. */
  readonly statementTimeoutMs?: number;
}

/** One open session; its owner ends it. A connection the server drops is an error of the next query only. */
export interface Session extends Sql, AsyncDisposable {
  /** False once it is known to have ended, and what it locked is free. */
  alive(): boolean;
  end(): Promise<void>;
}

/** Rows that differ from the baseline, table by table; an empty list is no residue. */
export interface Residue {
  readonly table: string;
  readonly rows: number;
}

/** What large objects, which belong to no table, are called among tables. */
export const LARGE_OBJECTS = 'large objects';

/** An isolated or given database. */
export interface Database extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
  /** Runs `work` on one session, which no other work shares meanwhile. */
  session<T>(work: (sql: Sql) => Promise<T>, options?: { applicationName?: string }): Promise<T>;
  /** Remembers the present content (after the app's boot) as what `reset` returns to. */
  baseline(): Promise<void>;
  /**
   * Brings the baseline's content back and says what still differs afterwards. Sequences go on, for an
   * application may have drawn from them ahead; `sequences` takes them back too, once none is left.
   */
  reset(options?: { readonly sequences?: boolean }): Promise<readonly Residue[]>;
  /**
   * Remembers under a name what the content has beyond the baseline, until the next baseline. False, and
   * nothing remembered, while other sessions are at work or where it can't be brought about again exactly.
   */
  capture(name: string): Promise<boolean>;
  /** Brings that about again; false, and nothing changed, where it isn't known or something was written since the reset. */
  replay(name: string): Promise<boolean>;
  /** A digest of each table's content, by table id. */
  checksums(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export interface ConnectOptions extends SessionOptions {
  /** Sessions open at once, 4 when absent. */
  readonly max?: number;
  /** What closing does first: takes the baseline, with its triggers and copies, out of the database. */
  readonly forgetOnClose?: boolean;
  /** What closing does before the sessions end (a clone is dropped, and those in it with it). */
  readonly onClose?: () => Promise<void>;
}

/** How databases are reached; both throw `db.unreachable`, which never shows the password. */
export interface Driver {
  open(url: string, options?: SessionOptions): Promise<Session>;
  connect(url: string, options?: ConnectOptions): Promise<Database>;
}

/** The same server and credentials, another database. */
export function withDatabase(url: string, name: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(name)}`;
  return parsed.toString();
}

/** The database a URL names; PostgreSQL's own default is the user's name. */
export function databaseName(url: string): string {
  const parsed = new URL(url);
  return decodeURIComponent(parsed.pathname.slice(1)) || decodeURIComponent(parsed.username);
}
