import type { Draw } from './random.ts';

/** What a text column of that name gets in a table of that name, `max` characters at most. */
export type Vocabulary = (
  table: string,
  column: string,
  max: number | null,
) => (draw: Draw) => string;
