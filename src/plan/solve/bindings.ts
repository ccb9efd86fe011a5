import type { Schema } from '../../kernel/json-schema.ts';
import type { Value } from '../plan.ts';
import type { Solution } from './attempt.ts';
import { typeOf } from './column-type.ts';
import { isExample } from './examples.ts';
import { type Datum, isFresh, type Variable, variableName } from './formula.ts';
import { soughtInputs } from './input-column.ts';
import { durationOf } from './instant.ts';
import { namesOf } from './names.ts';
import { columnOf, ELEMENT } from './setting.ts';
import { isUniqueAlone } from './unique-column.ts';
import { rowNamed, rowsOf } from './world.ts';

export type Cell = Variable & { readonly kind: 'cell' };

/** A solution with the names its rows go by, and the cell each shared value lives in. */
export interface Bound {
  readonly solution: Solution;
  readonly names: ReadonlyMap<string, string>;
  /** By value key: the cell others refer to. */
  readonly homes: ReadonlyMap<string, Cell>;
  /** Values that the request asks for rows by which must not be there. */
  readonly sought: ReadonlySet<Datum>;
}

export function bind(solution: Solution): Bound {
  const { world } = solution;
  return { solution, names: namesOf(world), homes: homesOf(solution), sought: soughtIn(solution) };
}

export function datumOf(solution: Solution, variable: Variable): Datum | undefined {
  return solution.values.get(solution.posed.of(variableName(variable)));
}

/** The cell that a variable's value comes from; null where the value is a plain literal. */
export function homeOf(bound: Bound, variable: Variable): Cell | null {
  const { solution } = bound;
  const key = keyOf(solution, variable);
  return key === null ? null : (bound.homes.get(key) ?? null);
}

/** A reference to a cell as plans write it. */
export function refTo(bound: Bound, cell: Cell): Value {
  return { ref: `${bound.names.get(cell.row) ?? cell.row}.${cell.column}` };
}

/** A chosen value as a plan's literal for that column. */
export function literalFor(
  bound: Bound,
  cell: Cell,
  datum: Exclude<Datum, { fresh: string }>,
): Value {
  const { world, posed } = bound.solution;
  const row = rowNamed(world, cell.row);
  const column = columnOf(row?.table, cell.column);
  if (!row || !column || datum === null) return datum;
  const type = typeOf(column);
  if (typeof datum === 'number' && (type === 'instant' || type === 'date')) {
    return { now: durationOf(datum) };
  }
  const name = posed.of(variableName(cell));
  const unique = isUniqueAlone(row.table, column.name) || bound.sought.has(datum);
  const chosen = !posed.known.has(name) && !posed.domains.get(name)?.words.includes(String(datum));
  const shaped = posed.domains.get(name)?.schema ?? {};
  const free = canBend(shaped) && !isExample(world.setting, datum);
  return unique && chosen && free && type === 'text' ? { unique: String(datum) } : datum;
}

/** Whether a text that a run's namespace is put into is still what the schema asks for. */
export function canBend(schema: Schema): boolean {
  const asked = ['pattern', 'maxLength', 'enum', 'const', 'format'].filter((key) => key in schema);
  return asked.length === 0 || schema['format'] === 'email';
}

/** What the request asks for rows by that must not be there. */
function soughtIn(solution: Solution): ReadonlySet<Datum> {
  const sought = soughtInputs(solution.world.setting).map(({ input }) =>
    datumOf(solution, { ...input, kind: 'input' }),
  );
  return new Set(sought.filter((datum) => datum !== undefined));
}

/** A text for a cell that such a request asks for, where any will do. */
export function soughtText({ solution }: Bound, cell: Cell): Value | undefined {
  const column = columnOf(rowNamed(solution.world, cell.row)?.table, cell.column);
  if (!column || typeOf(column) !== 'text' || column.values) return undefined;
  return { unique: `sample-${column.name}` };
}

/** What several variables share: a fresh value, or a class that the solver chose a value for. */
function keyOf(solution: Solution, variable: Variable): string | null {
  const { posed, values } = solution;
  const name = posed.of(variableName(variable));
  const datum = values.get(name);
  if (isFresh(datum)) return `fresh:${datum.fresh}`;
  if (datum === undefined || datum === null || posed.known.has(name)) return null;
  return (posed.members.get(name)?.length ?? 0) > 1 ? `class:${name}` : null;
}

function homesOf(solution: Solution): Map<string, Cell> {
  const { world, posed } = solution;
  const homes = new Map<string, { cell: Cell; rank: string }>();
  const depth = depthsOf(solution);
  for (const row of rowsOf(world)) {
    if (row.origin === 'written') continue;
    for (const [name, variable] of posed.classes.variables) {
      if (variable.kind !== 'cell' || variable.row !== row.id) continue;
      if (variable.column.endsWith(ELEMENT)) continue;
      const key = keyOf(solution, variable);
      if (key === null) continue;
      const primary =
        row.table.primaryKey.length === 1 && row.table.primaryKey[0] === variable.column;
      const order = [
        row.origin === 'made' ? 0 : 1,
        primary ? 0 : 1,
        String(depth.get(row.id) ?? 0).padStart(3, '0'),
      ];
      const rank = `${order.join(' ')} ${name}`;
      const before = homes.get(key);
      if (!before || rank < before.rank) homes.set(key, { cell: variable, rank });
    }
  }
  return new Map([...homes].map(([key, { cell }]) => [key, cell]));
}

/** How many foreign keys lie between a row and a row that needs none. */
function depthsOf(solution: Solution): Map<string, number> {
  const { world } = solution;
  const depths = new Map<string, number>();
  const parents = (id: string): string[] => {
    const row = rowNamed(world, id);
    if (!row) return [];
    return row.table.foreignKeys.flatMap((key) => {
      const own = datumOf(solution, { kind: 'cell', row: id, column: key.columns[0] ?? '' });
      if (own === undefined || own === null) return [];
      return rowsOf(world)
        .filter((other) => other.id !== id && other.table.id === key.table)
        .filter((other) => {
          const column = key.references[0] ?? '';
          const theirs = datumOf(solution, { kind: 'cell', row: other.id, column });
          return JSON.stringify(theirs) === JSON.stringify(own);
        })
        .map((other) => other.id);
    });
  };
  const measure = (id: string, path: readonly string[]): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    if (path.includes(id)) return 0;
    const above = parents(id).map((parent) => measure(parent, [...path, id]) + 1);
    depths.set(id, Math.max(0, ...above));
    return depths.get(id) ?? 0;
  };
  for (const row of rowsOf(world)) measure(row.id, []);
  return depths;
}
