import { StatewrightError } from '../../../kernel/errors.ts';

export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The position a cursor stands for; null at the beginning. Throws `service.badCursor`. */
export function positionOf({ cursor }: PageOptions): number | null {
  if (cursor === undefined) return null;
  const seq = Number(/^c(\d{1,15})$/.exec(cursor)?.[1] ?? Number.NaN);
  if (Number.isSafeInteger(seq)) return seq;
  throw new StatewrightError('service.badCursor', 'The cursor was not given out here.', {
    hint: 'Use the "next" of the page before, or leave it out to begin.',
  });
}

/** A page of rows that were asked for with one more than the limit. */
export function pageFrom<Row extends { readonly seq: number }, Item>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(show), next: rows.length > limit && last ? `c${last.seq}` : null };
}
