import type { Json } from '../kernel/digest.ts';
import type { When } from '../plan/plan.ts';

/**
 * A parameter of a step. `bind` reads what an earlier step produced (`user.id`), `now` is an offset in
 * milliseconds from the database's clock at set-up, `unique` gets the run's namespace appended.
 */
export type Param =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'bind'; readonly row: string; readonly column: string }
  | { readonly kind: 'now'; readonly ms: number }
  | { readonly kind: 'unique'; readonly text: string };

/** Rows that go in with one data-modifying CTE. `binds` says which result column is which row's column. */
export interface Statement {
  readonly kind: 'statement';
  readonly sql: string;
  readonly params: readonly Param[];
  /** Names of the plan's rows it makes, in the order their RETURNING comes back. */
  readonly rows: readonly {
    readonly name: string;
    readonly table: string;
    readonly count: number;
  }[];
}

/** Binds an existing row. Exactly one row must match, or set-up stops. */
export interface Match {
  readonly kind: 'match';
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  readonly params: readonly Param[];
}

/** A request to the app under test that makes a row or signs somebody in. */
export interface ApiCall {
  readonly kind: 'call';
  readonly name: string;
  /** Why the row comes through the API and not through SQL. */
  readonly reason: string;
  readonly request: When;
  /** The persona whose credentials the answer holds, if it signs in. */
  readonly persona: string | null;
  /** The row it made: found afterwards by these columns. */
  readonly made: {
    readonly name: string;
    readonly table: string;
    readonly sql: string;
    readonly params: readonly Param[];
  } | null;
  readonly expect: { readonly min: number; readonly max: number };
}

/** A keyed UPDATE of a row that a call made or a match bound; its old image is kept. */
export interface Adjust {
  readonly kind: 'adjust';
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  readonly params: readonly Param[];
}

export type Step = Statement | Match | ApiCall | Adjust;

/** Ordered steps with fixed bytes: the same plan, seed and catalog give the same state. */
export interface State {
  readonly plan: string;
  readonly seed: string;
  readonly steps: readonly Step[];
  /** Queries that must hold after set-up: each returns one row with one boolean. */
  readonly expects: readonly {
    readonly about: string;
    readonly sql: string;
    readonly params: readonly Param[];
  }[];
  readonly digest: string;
}
