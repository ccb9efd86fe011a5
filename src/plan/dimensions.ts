import { canonicalJson } from '../kernel/digest.ts';
import type { WireLevel, WireState, WireSubject } from './wire.ts';

/** One level of each of some dimensions: what tells a state of a subject from its others. */
export type Mix = readonly WireLevel[];

/** The levels of each dimension, in the order in which they are named. */
export function dimensionsOf({ levels }: Pick<WireSubject, 'levels'>): readonly Mix[] {
  return [...Map.groupBy(levels, ({ dimension }) => dimension).values()];
}

/** What a subject comes to with a mix of its levels: their rows beside its own, their cells over those there. */
export function stateOf({ levels: _, ...common }: WireSubject, mix: Mix): WireState {
  const cells = mix.flatMap((level) => level.cells);
  const rows = [...common.rows, ...mix.flatMap((level) => level.rows)];
  return {
    ...common,
    title: titleOf(common.title, mix),
    rows: rows.map((row) =>
      withCells(
        row,
        cells.filter((cell) => cell.row === row.name),
      ),
    ),
  };
}

/** Whether two levels set no cell in two ways and name no two rows alike. */
export function canMeet(a: WireLevel, b: WireLevel): boolean {
  const differ = a.cells.some((one) =>
    b.cells.some(
      ({ row, column, value }) =>
        row === one.row &&
        column === one.column &&
        canonicalJson(value) !== canonicalJson(one.value),
    ),
  );
  return !differ && !a.rows.some((row) => b.rows.some(({ name }) => name === row.name));
}

function titleOf(title: string, mix: Mix): string {
  const clauses = mix.map((level) => level.title.trim()).filter(Boolean);
  return clauses.length > 0 ? `${title.trim().replace(/\.$/, '')}: ${clauses.join('; ')}` : title;
}

type Row = WireState['rows'][number];

/** Cells set on a row that was there before change it. */
function withCells(row: Row, cells: WireLevel['cells']): Row {
  if (cells.length === 0) return row;
  const over = (pairs: Row['columns']): Row['columns'] => {
    const set = new Map(pairs.map(({ name, value }) => [name, value]));
    for (const { column, value } of cells) set.set(column, value);
    return [...set].map(([name, value]) => ({ name, value }));
  };
  if (row.form === 'made') return { ...row, columns: over(row.columns) };
  return { ...row, form: 'changed', update: over(row.form === 'changed' ? row.update : []) };
}
