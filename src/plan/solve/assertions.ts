import type { Table } from '../../db/db.ts';
import { type Formula, type Variable, variableOf, variablesOf } from './formula.ts';
import { ground, matches } from './ground.ts';
import { columnOf } from './setting.ts';
import { sqlCheck } from './sql-check.ts';
import { candidatesOf, resolve } from './tuples.ts';
import { unlessNull } from './unless-null.ts';
import { rowsOf, type World, type WorldRow } from './world.ts';
import { writtenFormulas } from './written.ts';

/** Everything that must hold in a world: the scenario, its queries' results, and the schema's rules. */
export function assertionsOf(world: World): Formula[] {
  const formulas = [...unlinked(world), ...world.links];
  const checks = checksOf(world, variablesOf(formulas));
  const all = [...formulas, ...checks];
  return [...all, ...uniquesOf(world, variablesOf(all))];
}

const UNLINKED = new WeakMap<World['rows'], { alias: World['alias']; formulas: Formula[] }>();

/** What must hold whatever keeps the foreign keys; worlds that differ in nothing else have it from here. */
function unlinked(world: World): Formula[] {
  const known = UNLINKED.get(world.rows);
  if (known && known.alias === world.alias) return known.formulas;
  const asked = world.setting.when.map((condition) => ground(world, condition));
  const formulas = [...asked, ...results(world), ...writtenFormulas(world)];
  UNLINKED.set(world.rows, { alias: world.alias, formulas });
  return formulas;
}

/** Rows given to a query are its results, and a query for one row finds no other. */
function results(world: World): Formula[] {
  return [...world.setting.queries.values()].flatMap((query): Formula[] => {
    const own = (world.own.get(query.id) ?? []).map((tuple) => resolve(world, tuple));
    const positive = own.map((tuple) => matches(world, query, tuple));
    if (query.many || own.length === 0) return positive;
    const others = candidatesOf(world, query).filter(
      (tuple) => !own.some((mine) => mine.get(query.id) === tuple.get(query.id)),
    );
    const none = others.map(
      (tuple): Formula => ({ kind: 'not', of: matches(world, query, tuple) }),
    );
    return [...positive, ...none];
  });
}

/** The checks that read a cell in use, and those that read a cell which these bring into use. */
function checksOf(world: World, variables: ReadonlyMap<string, Variable>): Formula[] {
  return rowsOf(world).flatMap((row) => {
    const known = new Set<string>();
    let left = checksOfRow(row);
    const found: Formula[] = [];
    for (let before = -1; before !== found.length; ) {
      before = found.length;
      const [met, others] = partition(left, ({ cells }) =>
        cells.some((name) => variables.has(name) || known.has(name)),
      );
      left = others;
      for (const { formula, cells } of met) {
        found.push(formula);
        for (const cell of cells) known.add(cell);
      }
    }
    return found;
  });
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

interface RowCheck {
  readonly formula: Formula;
  readonly cells: readonly string[];
}
const CHECKS = new WeakMap<WorldRow, readonly RowCheck[]>();

function checksOfRow(row: WorldRow): readonly RowCheck[] {
  const known = CHECKS.get(row) ?? readChecks(row);
  CHECKS.set(row, known);
  return known;
}

function readChecks(row: WorldRow): RowCheck[] {
  return row.table.checks.flatMap((check): RowCheck[] => {
    const formula = sqlCheck(check.expression, row.table, row.id);
    if (!formula) return [];
    const cells = [...variablesOf([formula]).keys()];
    const empty = cells
      .filter((name) => isNullable(row, name))
      .flatMap((name): Formula[] => {
        const rest = unlessNull(formula, name);
        return rest === null ? [] : [{ kind: 'all', of: [isNull(name, row), rest] }];
      });
    return [{ formula: { kind: 'some', of: [formula, ...empty] }, cells }];
  });
}

function isNull(name: string, row: WorldRow): Formula {
  const left = variableOf({ kind: 'cell', row: row.id, column: name.slice(row.id.length + 1) });
  const right = { kind: 'value', value: null } as const;
  return { kind: 'atom', left, op: '=', right, margin: 0, sql: true };
}

function isNullable(row: WorldRow, name: string): boolean {
  return columnOf(row.table, name.slice(row.id.length + 1))?.nullable ?? false;
}

function uniquesOf(world: World, variables: ReadonlyMap<string, Variable>): Formula[] {
  const rows = rowsOf(world).filter((row) => row.origin !== 'session');
  const tables = Map.groupBy(rows, (row) => row.table);
  return [...tables].flatMap(([table, mine]) =>
    mine.length < 2
      ? []
      : uniqueKeys(table).flatMap((columns) => {
          const known = mine.filter((row) =>
            columns.every((name) => variables.has(`${row.id}.${name}`)),
          );
          return known.flatMap((row, index) =>
            known.slice(index + 1).map((other) => differ(row, other, columns)),
          );
        }),
  );
}

const APART = new WeakMap<WorldRow, WeakMap<WorldRow, Map<string, Formula>>>();

/** That two rows don't agree in all columns of a key. */
function differ(row: WorldRow, other: WorldRow, columns: readonly string[]): Formula {
  const others = APART.get(row) ?? new WeakMap<WorldRow, Map<string, Formula>>();
  APART.set(row, others);
  const keys = others.get(other) ?? new Map<string, Formula>();
  others.set(other, keys);
  const key = columns.join();
  const known = keys.get(key);
  if (known) return known;
  const of = columns.map((column): Formula => {
    const left = variableOf({ kind: 'cell', row: row.id, column });
    const right = variableOf({ kind: 'cell', row: other.id, column });
    return { kind: 'atom', left, op: '=', right, margin: 0, sql: true };
  });
  const formula: Formula = { kind: 'not', of: { kind: 'all', of } };
  keys.set(key, formula);
  return formula;
}

/** The sets of columns no two rows of a table may agree in. */
export function uniqueKeys(table: Table): (readonly string[])[] {
  const whole = table.uniques.filter((key) => key.where === null && key.expressions.length === 0);
  return [table.primaryKey, ...whole.map((key) => key.columns)].filter((key) => key.length > 0);
}
