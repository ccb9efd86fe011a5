import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { Relation } from '../../reader.ts';
import { parseSql } from '../../sql/parse.ts';
import { all, some } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { type Fields, stringOf, type TableValue, unknown, type Value } from '../../trace/values.ts';
import type { Change } from '../change.ts';
import { whereOf } from '../records/where.ts';
import type { Join } from '../select.ts';
import { condition } from '../sql/expression.ts';
import type { Source } from '../sql/sources.ts';
import { subquery } from '../sql/subquery.ts';
import { sqlFormula } from '../terms.ts';

/** A table joined to others. */
export interface Joined extends Join {
  readonly alias: string;
  /** The relation it was joined by, and the alias of its owner. */
  readonly by: { readonly relation: Relation; readonly owner: string } | null;
}

/** A query builder as its calls have left it. */
export interface State {
  readonly table: Table;
  readonly alias: string;
  readonly joins: readonly Joined[];
  readonly where: Value | null;
  readonly params: Fields;
  readonly limit: Value | null;
  readonly offset: Value | null;
  readonly change: { readonly kind: Change['kind']; readonly values: Value | null } | null;
}

/** Two conditions, either or both of them. */
export function both(before: Value, said: Value, either: boolean): Value {
  return {
    kind: 'sqlTest',
    test: (bind) => {
      const parts = [sqlFormula(before, bind), sqlFormula(said, bind)];
      return either ? some(parts) : all(parts);
    },
  };
}

/** The tables in reach by alias; columns go by their properties. */
function sourcesOf(state: State): Source[] {
  const main: TableValue = { kind: 'table', table: state.table, source: sourceOf(state) };
  const all = [{ alias: state.alias, table: main }, ...state.joins];
  return all.map(({ alias, table }) => ({ name: alias, table, fields: properties(table) }));
}

/** A write binds its table by its id, a read by its alias. */
function sourceOf(state: State): string {
  return state.change ? state.table.id : state.alias;
}

function properties({ table, source }: TableValue): Fields {
  return new Map(
    table.columns.flatMap((column): [string, Value][] => {
      const value: Value = { kind: 'column', source, column };
      return [
        [column.name, value],
        [column.property, value],
      ];
    }),
  );
}

/** A condition as text, or as an object of columns. */
export function conditionOf(
  machine: Machine,
  state: State,
  { value, node }: { value: Value; node: ts.Node },
): Value {
  const fragment = stringOf(value);
  if (fragment !== undefined) return fromText(machine, state, { fragment, node });
  const source = sourceOf(state);
  return {
    kind: 'sqlTest',
    test: (bind) =>
      whereOf(machine, { table: state.table, id: bind(source) ?? source, node }, value),
  };
}

/** A condition in SQL over properties and `:name` parameters. */
export function fromText(
  machine: Machine,
  state: State,
  { fragment, node }: { fragment: string; node: ts.Node },
): Value {
  const params: Value[] = [];
  const sources = sourcesOf(state);
  const aliases = new Set(sources.map(({ name }) => name));
  const text = fragment
    .replace(/(?<!:):(?:\.\.\.)?(\w+)/g, (_, name: string) => {
      params.push(state.params.get(name) ?? unknown(`:${name}`));
      return `$${params.length}`;
    })
    .replace(/(?<!["\w])(\w+)\.(\w+)(?!["\w])/g, (whole, alias: string, name: string) =>
      aliases.has(alias) ? `"${alias}"."${name}"` : whole,
    );
  const whole = `SELECT 1 WHERE ${text}`;
  const [parsed] = parseSql(whole) ?? [];
  const where =
    parsed && 'SelectStmt' in parsed.node ? parsed.node.SelectStmt.whereClause : undefined;
  if (!where) return unknown(fragment);
  const scope = {
    machine,
    node,
    text: whole,
    params,
    sources,
    ctes: new Map(),
    outer: null,
    subquery,
  };
  return condition(where, scope);
}
