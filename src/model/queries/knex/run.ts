import type { Node, SelectStmt } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { databaseError } from '../../trace/errors.ts';
import { firstOf } from '../../trace/lists.ts';
import { textOf } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import { UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { named } from '../kysely/names.ts';
import { returned } from '../sql/change.ts';
import { condition, expression } from '../sql/expression.ts';
import { paramsOf } from '../sql/nodes.ts';
import { scopeOf, statement } from '../sql/run.ts';
import { type Scope, tableOf } from '../sql/sources.ts';
import { write } from '../write.ts';
import { rawNode } from './raw.ts';
import { conditionOf, type State } from './state.ts';
import type { Context } from './where.ts';

interface Asked {
  readonly select: SelectStmt;
  readonly node: ts.Node;
}

/** What awaiting a builder gives: rows, one of them, a column of each, or what a write returns. */
export function resultOf(context: Context, state: State, { select, node }: Asked): Value {
  if (state.kind !== 'select') return written(context, state, node);
  const { machine, names } = context;
  const read = statement({ SelectStmt: select }, scopeFor(context, node), databaseError);
  if (!read || read.kind === 'nothing') return unknown(textOf(node));
  const rows = named(read, names);
  if (rows.kind !== 'list' || state.takes === 'all') return rows;
  if (state.takes === 'column') {
    return {
      ...rows,
      element: (id) => {
        const row = rows.element(id);
        const [only] = row.kind === 'row' ? [...row.fields.values()] : [];
        return only ?? unknown(textOf(node));
      },
    };
  }
  const own = machine.reads.find(({ id }) => id === rows.query);
  if (own && !machine.counted.has(own.id)) own.many = false;
  return firstOf(rows);
}

function scopeFor({ machine }: Context, node: ts.Node): Scope {
  return scopeOf(machine, { text: textOf(node), params: paramsOf(machine), node });
}

function written(context: Context, state: State, node: ts.Node): Value {
  const { machine, names } = context;
  const [name, schema] = (state.table ?? '').split('.').reverse();
  const table = tableOf(machine, { schema, name });
  if (!table || state.kind === 'select') return unknown(textOf(node));
  const own = {
    name: table.name,
    table: { kind: 'table', table, source: table.id } as const,
    fields: null,
  };
  const scope: Scope = { ...scopeFor(context, node), sources: [own] };
  const where = conditionOf(state);
  const rows = write(machine, {
    kind: state.kind,
    table,
    values: state.values && inScope(context, state.values, scope),
    where: where ? [condition(where, scope)] : [],
    returning: state.kind === 'insert' || state.returning.length > 0 ? UNDEFINED : null,
    onConflict: state.onConflict,
    node,
    error: databaseError,
  });
  if (state.returning.length > 0) return named(returned(rows, state.returning, scope), names);
  return state.kind === 'insert' ? object([], true) : machine.get(rows, 'rowCount', node);
}

const built = new WeakMap<object, Node>();

/** A value of a write that the builder made as an expression. */
export function keepBuilt(value: Value, node: Node): void {
  built.set(value, node);
}

/** Values under the columns' own names; raw SQL among them as the statement has it. */
function inScope(context: Context, value: Value, scope: Scope): Value {
  if (value.kind === 'array') {
    const items = value.items.value.map((item) => ({
      ...item,
      value: inScope(context, item.value, scope),
    }));
    return { ...value, items: { ...value.items, value: items } };
  }
  if (value.kind === 'list') {
    return { ...value, element: (id) => inScope(context, value.element(id), scope) };
  }
  if (value.kind !== 'object') return value;
  const fields = [...value.fields.value].map(([name, field]) => {
    const node = built.get(field) ?? rawNode(context.machine, field);
    return [context.names.toSql(name), node ? expression(node, scope) : field] as const;
  });
  return object(fields, value.open.value);
}
