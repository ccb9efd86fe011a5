import { type Plan, type PlannedRow, refOf } from '../../plan/plan.ts';
import { plain } from '../words/phrase.ts';
import { valueWords } from '../words/value.ts';

/** A column a row sets or is found by. `ref` is the row it points to, where it points to one. */
export interface GraphLine {
  readonly column: string;
  readonly value: string;
  readonly ref: string | null;
  readonly changed: boolean;
}

export interface GraphNode {
  readonly name: string;
  readonly table: string;
  readonly kind: 'made' | 'matched' | 'changed';
  readonly count: number;
  readonly personas: readonly string[];
  readonly lines: readonly GraphLine[];
}

/** A plan's rows as nodes in the plan's order; a line with a `ref` is an edge to its parent. */
export type Graph = readonly GraphNode[];

export function readGraph({ given }: Plan): Graph {
  const names = new Set(Object.keys(given.rows));
  return Object.entries(given.rows).map(([name, row]) => ({
    ...{ name, table: row.table, kind: kindOf(row) },
    count: 'set' in row ? (row.count ?? 1) : 1,
    personas: Object.entries(given.personas)
      .filter(([, persona]) => 'row' in persona && persona.row === name)
      .map(([persona]) => persona),
    lines: linesOf(row, names),
  }));
}

/** The parents of each node, without itself and without repeats. */
export function parentsOf(node: GraphNode): readonly string[] {
  const refs = node.lines.flatMap((line) => line.ref ?? []);
  return [...new Set(refs)].filter((ref) => ref !== node.name);
}

function kindOf(row: PlannedRow): GraphNode['kind'] {
  if ('set' in row) return 'made';
  return row.update ? 'changed' : 'matched';
}

function linesOf(row: PlannedRow, names: ReadonlySet<string>): readonly GraphLine[] {
  const line = (column: string, value: Parameters<typeof valueWords>[0], changed: boolean) => {
    const ref = refOf(value)?.row;
    return {
      ...{ column, changed, value: plain(valueWords(value)) },
      ref: ref !== undefined && names.has(ref) ? ref : null,
    };
  };
  if ('set' in row)
    return Object.entries(row.set).map(([column, value]) => line(column, value, false));
  return [
    ...Object.entries(row.match).map(([column, value]) => line(column, value, false)),
    ...Object.entries(row.update ?? {}).map(([column, value]) => line(column, value, true)),
  ];
}
