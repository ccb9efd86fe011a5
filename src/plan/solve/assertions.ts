import type { Table } from '../../db/db.ts';
import { type Formula, type Variable, variableOf, variablesOf } from './formula.ts';
import { ground, matches } from './ground.ts';
import { columnOf } from './setting.ts';
import { sqlCheck } from './sql-check.ts';
import { candidatesOf, resolve } from './tuples.ts';
import { rowsOf, type World, type WorldRow } from './world.ts';
import { writtenFormulas } from './written.ts';

/** Everything that must hold in a world: the scenario, its queries' results, and the schema's rules. */
export function assertionsOf(world: World): Formula[] {
  const asked = world.setting.when.map((condition) => ground(world, condition));
  const formulas = [...asked, ...results(world), ...writtenFormulas(world), ...world.links];
  const checks = checksOf(world, variablesOf(formulas));
  const all = [...formulas, ...checks];
  return [...all, ...uniquesOf(world, variablesOf(all))];
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

function checksOf(world: World, variables: ReadonlyMap<string, Variable>): Formula[] {
  return rowsOf(world).flatMap((row) =>
    row.table.checks.flatMap((check): Formula[] => {
      const formula = sqlCheck(check.expression, row.table, row.id);
      if (!formula) return [];
      const cells = [...variablesOf([formula]).keys()];
      if (!cells.some((name) => variables.has(name))) return [];
      const empty = cells.map((name): Formula => isNull(name, row));
      return [
        {
          kind: 'some',
          of: [formula, ...empty.filter((_, index) => isNullable(row, cells[index]))],
        },
      ];
    }),
  );
}

/** A CHECK holds as well where a column it reads is null. */
function isNull(name: string, row: WorldRow): Formula {
  const left = variableOf({ kind: 'cell', row: row.id, column: name.slice(row.id.length + 1) });
  const right = { kind: 'value', value: null } as const;
  return { kind: 'atom', left, op: '=', right, margin: 0, sql: true };
}

function isNullable(row: WorldRow, name: string | undefined): boolean {
  return columnOf(row.table, name?.slice(row.id.length + 1) ?? '')?.nullable ?? false;
}

function uniquesOf(world: World, variables: ReadonlyMap<string, Variable>): Formula[] {
  const rows = rowsOf(world).filter((row) => row.origin !== 'session');
  return rows.flatMap((row, index) =>
    rows.slice(index + 1).flatMap((other) => {
      if (other.table.id !== row.table.id) return [];
      return uniqueKeys(row.table).flatMap((columns): Formula[] => {
        const known = (item: WorldRow) =>
          columns.every((name) => variables.has(`${item.id}.${name}`));
        if (!known(row) || !known(other)) return [];
        const of = columns.map((column): Formula => {
          const left = variableOf({ kind: 'cell', row: row.id, column });
          const right = variableOf({ kind: 'cell', row: other.id, column });
          return { kind: 'atom', left, op: '=', right, margin: 0, sql: true };
        });
        return [{ kind: 'not', of: { kind: 'all', of } }];
      });
    }),
  );
}

/** The sets of columns no two rows of a table may agree in. */
export function uniqueKeys(table: Table): (readonly string[])[] {
  const whole = table.uniques.filter((key) => key.where === null && key.expressions.length === 0);
  return [table.primaryKey, ...whole.map((key) => key.columns)].filter((key) => key.length > 0);
}
