import type { Draw } from '../kernel/draw.ts';

/** A text column as its word list is chosen: `faker` names a method, `locales` are the languages. */
export interface Worded {
  readonly table: string;
  readonly column: string;
  readonly max: number | null;
  readonly faker: string | null;
  readonly locales: readonly string[];
}

/** What a text column gets, `max` characters at most. */
export type Vocabulary = (worded: Worded) => (draw: Draw) => string;
