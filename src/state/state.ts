import { digest, type Json } from '../kernel/digest.ts';
import type { Auth } from '../model/model.ts';
import type { Persona, When } from '../plan/plan.ts';

/**
 * A parameter of a step. `bind` reads what an earlier step produced (`user.id`; the second row of a
 * name with a count is `item#2`), `now` is an offset in milliseconds from the database's clock at
 * set-up, `unique` is bent by the run's namespace, `run` is the run's id for the row ledger.
 */
export type Param =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'bind'; readonly row: string; readonly column: string }
  | { readonly kind: 'now'; readonly ms: number }
  | Unique
  | { readonly kind: 'run' };

/** A value no other run uses: `text` itself in an own database. `max` is its greatest length, or greatest integer. */
export interface Unique {
  readonly kind: 'unique';
  readonly text: string;
  readonly form: 'text' | 'uuid' | 'integer';
  readonly max: number | null;
}

/**
 * Rows that go in with one data-modifying CTE, together with their entry in the row ledger. It answers with one
 * `rows`: JSON text, a list of values for each column that only the database knows, those of one table after those
 * of another.
 */
export interface Statement {
  readonly kind: 'statement';
  readonly sql: string;
  readonly params: readonly Param[];
  /** What it makes, in the order of the answer; a name met before goes on counting (`item#7`). */
  readonly rows: readonly {
    readonly name: string;
    readonly table: string;
    readonly count: number;
  }[];
  /** What becomes of the lists: the columns that have one, and what else each row holds, in the order of `rows`. */
  readonly answer: readonly {
    readonly lists: readonly string[];
    readonly held: readonly HeldRow[];
  }[];
  /**
   * The ledger's entry, for a table whose rules keep it out of the statement: that answers with a `row` (JSON
   * text) for each row then, and the list of them is the entry's last parameter.
   */
  readonly entry?: { readonly sql: string; readonly params: readonly Param[] };
  /** Whether the database's own code may keep a row of it: its teardown is tried before it is committed. */
  readonly departure?: true;
}

/**
 * A made row but for what the database lists: all columns in their order, those whose value is told at the answer's
 * `at`th place, and those taken from the statement's `at`th row.
 */
export interface HeldRow {
  readonly values: Readonly<Record<string, Json>>;
  readonly told: readonly { readonly column: string; readonly at: number }[];
  readonly taken: readonly {
    readonly column: string;
    readonly at: number;
    readonly from: string;
  }[];
}

/** Binds an existing row, or reads one again after triggers or rules ran. Exactly one `row` (JSON text) must come back. */
export interface Match {
  readonly kind: 'match';
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  readonly params: readonly Param[];
  /** Read once what waits for the end of the transaction has run; absent where nothing does. */
  readonly late?: true;
}

/** A request to the app under test that makes a row or signs somebody in. */
export interface ApiCall {
  readonly kind: 'call';
  readonly name: string;
  /** Why the row comes through the API and not through SQL. */
  readonly reason: string;
  readonly request: When;
  /** The personas whose credentials the answer holds, if it signs in, and how requests carry them. */
  readonly personas: readonly string[];
  readonly carrier: Auth['carrier'] | null;
  /**
   * The row it made: `sql` finds it afterwards by the columns of `by`, whose values are `params`.
   * `password` is what the app was told, for `{ref: 'user.password'}`.
   */
  readonly made: {
    readonly name: string;
    readonly table: string;
    readonly by: readonly string[];
    readonly sql: string;
    readonly params: readonly Param[];
    readonly password: string | null;
  } | null;
  readonly expect: { readonly min: number; readonly max: number };
}

/** A keyed UPDATE of a row that a call made or a match bound; its old image goes to the row ledger. Answers with `row`. */
export interface Adjust {
  readonly kind: 'adjust';
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  readonly params: readonly Param[];
}

export type Step = Statement | Match | ApiCall | Adjust;

/** Somebody with a token and no row. */
export type Gone = Extract<Persona, { gone: unknown }>;

/** Ordered steps with fixed bytes: the same plan, seed and catalog give the same state. */
export interface State {
  readonly plan: string;
  readonly seed: string;
  readonly steps: readonly Step[];
  /** The rows of personas whom the config's own function signs in once all rows stand; absent where the app does. */
  readonly handed?: Readonly<Record<string, string>>;
  /** Personas whose rows are gone: what their tokens are made of, and what is wrong with them. */
  readonly gone?: Readonly<Record<string, Gone>>;
  /** Queries that must hold after set-up: each returns one row with one boolean, `holds`. */
  readonly expects: readonly {
    readonly about: string;
    readonly sql: string;
    readonly params: readonly Param[];
  }[];
  readonly digest: string;
}

/** The name of a row of a plan that makes several: `item`, `item#2`, `item#3`. */
export function rowName(name: string, index: number): string {
  return index === 0 ? name : `${name}#${index + 1}`;
}

/** A `unique` value under a run's namespace: bent, and still of its form, unless the namespace is empty. */
export function bindUnique(unique: Unique, namespace: string): string {
  const { text, form, max } = unique;
  if (namespace === '') return text;
  const hash = digest(`${text}\u0000${namespace}`);
  if (form === 'uuid') return uuidFrom(hash);
  if (form === 'integer') return String(Number.parseInt(hash.slice(0, 12), 16) % (max ?? 2 ** 31));
  const at = text.indexOf('@');
  const bent =
    at > 0 ? `${text.slice(0, at)}.${namespace}${text.slice(at)}` : `${text}-${namespace}`;
  if (max === null || bent.length <= max) return bent;
  const short = BigInt(`0x${hash}`).toString(36);
  if (at <= 0) return short.slice(0, max);
  return `${short.slice(0, Math.max(1, max - (text.length - at)))}${text.slice(at)}`;
}

/** A version 4 UUID out of at least 32 hex digits. */
export function uuidFrom(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
