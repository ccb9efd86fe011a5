import type { Node } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import type { Write } from '../../model.ts';
import { databaseError } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { choose, fieldsCell, object } from '../../trace/terms.ts';
import {
  literal,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import type { Change } from '../change.ts';
import { returned } from '../sql/change.ts';
import { condition, expression } from '../sql/expression.ts';
import { star } from '../sql/nodes.ts';
import { sourcesOf } from '../sql/select.ts';
import type { Scope, Source } from '../sql/sources.ts';
import { tableOf } from '../sql/sources.ts';
import { write } from '../write.ts';
import { ended, type NamedQuery, resultList, scopeWith } from './ends.ts';
import { type Context, comparisonNode, operand, referenceNode } from './expression.ts';
import { named } from './names.ts';
import { source, targetsOf } from './select.ts';

/** A write as its builder's calls have left it. */
interface State {
  readonly kind: Write['kind'];
  readonly table: string;
  readonly ctes: readonly NamedQuery[];
  readonly values: Value | null;
  readonly where: readonly Node[];
  readonly beside: readonly Node[];
  readonly returning: readonly Node[];
  readonly onConflict: Change['onConflict'];
}

/** `db.insertInto('person')`, `db.updateTable('person')`, `db.deleteFrom('person')`. */
export function writeTo(
  context: Context,
  kind: Write['kind'],
  { table, ctes }: { table: Value; ctes: readonly NamedQuery[] },
): Special {
  const none = { where: [], beside: [], returning: [], values: null };
  return builder(context, {
    kind,
    table: stringOf(table) ?? '',
    ctes,
    ...none,
    onConflict: 'throw',
  });
}

function builder(context: Context, state: State): Special {
  const made: Special = {
    kind: 'special',
    name: state.kind,
    invoke: (method, args, node) => {
      const rows = () => run(context, state, node);
      const call = { method, args, node };
      return ended(context, made, { ...call, rows }) ?? step(context, state, call) ?? made;
    },
  };
  return made;
}

interface Step {
  readonly method: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

function step(context: Context, state: State, { method, args, node }: Step): Special | undefined {
  const [first = UNDEFINED, second] = args;
  const next = (change: Partial<State>) => builder(context, { ...state, ...change });
  switch (method) {
    case 'values':
    case 'set':
      return next({ values: given(context, state, { first, second, node }) });
    case 'where':
      return next({ where: [...state.where, comparisonNode(context, args, node)] });
    case 'whereRef':
      return next({ where: [...state.where, referenceNode(context, args, node)] });
    case 'from':
    case 'using': {
      const added = source(context, first, node);
      return added && next({ beside: [...state.beside, added] });
    }
    case 'returning':
      return next({ returning: [...state.returning, ...targetsOf(context, first, node)] });
    case 'returningAll':
      return next({ returning: [...state.returning, star()] });
    case 'onConflict':
      return next({ onConflict: conflictOf(context, first, node) });
    case 'ignore':
      return next({ onConflict: 'nothing' });
    default:
      return undefined;
  }
}

/** `values({ … })`, `set({ … })`, `set('column', value)`, or a callback that gives them. */
function given(
  context: Context,
  state: State,
  { first, second, node }: { first: Value; second: Value | undefined; node: ts.Node },
): Value {
  const { machine } = context;
  const said = first.kind === 'closure' ? machine.call(first, [context.eb()], node) : first;
  const name = stringOf(said);
  if (name === undefined || !second) return said;
  const before = state.values?.kind === 'object' ? state.values.fields.value : [];
  return object([...before, [name, second]]);
}

/** `(oc) => oc.column('email').doNothing()`. */
function conflictOf({ machine }: Context, callback: Value, node: ts.Node): Change['onConflict'] {
  let does: Change['onConflict'] = 'throw';
  const self: Special = {
    kind: 'special',
    name: 'onConflict',
    invoke: (method) => {
      if (method === 'doNothing') does = 'nothing';
      if (method === 'doUpdateSet') does = 'update';
      return self;
    },
  };
  machine.call(callback, [self], node);
  return does;
}

/** Writes, and gives the rows RETURNING asks for, else what Kysely says was done. */
function run(context: Context, state: State, node: ts.Node): Value {
  const { machine, names } = context;
  const [path = '', alias] = state.table.split(/\s+as\s+/i);
  const [name, schema] = path.trim().split('.').map(names.toSql).reverse();
  const table = tableOf(machine, { schema, name });
  if (!table) return unknown(textOf(node));
  const around = scopeWith(context, { ctes: state.ctes, node });
  const beside = sourcesOf(state.beside, around);
  const own: Source = {
    name: names.toSql(alias?.trim() ?? table.name),
    table: { kind: 'table', table, source: table.id },
    fields: null,
  };
  const scope: Scope = { ...around, sources: [own, ...(beside?.sources ?? [])] };
  const [joined] = beside?.sources ?? [];
  const rows = write(machine, {
    kind: state.kind,
    table,
    values: state.values && inScope(context, state.values, scope),
    joins: joined?.table
      ? [{ table: joined.table, inner: true, on: undefined }, ...(beside?.joins ?? [])]
      : [],
    where: [...state.where.map((each) => condition(each, scope)), ...(beside?.where ?? [])],
    returning: state.kind === 'insert' || state.returning.length > 0 ? UNDEFINED : null,
    onConflict: state.onConflict,
    node,
    error: databaseError,
    ...(state.kind === 'update' ? { unset: ['DatabaseError', 'Error'] } : {}),
  });
  return state.returning.length > 0
    ? named(chosen(context, returned(rows, state.returning, scope), { state, node }), names)
    : resultList(done(machine, state.kind, rows));
}

/** Rows with what RETURNING names and nothing else; all columns where it says so. */
function chosen(
  { machine }: Context,
  rows: Value,
  { state, node }: { state: State; node: ts.Node },
): Value {
  const wanted = state.returning.map(nameOf);
  const only = (row: Value): Value => {
    if (row.kind !== 'row') return row;
    const fields = wanted.flatMap((name): [string, Value][] => {
      return name === undefined ? [] : [[name, machine.get(row, name, node)]];
    });
    return { ...row, table: null, fields: new Map(fields) };
  };
  if (wanted.includes(undefined)) return rows;
  if (rows.kind === 'list') return { ...rows, element: (id) => only(rows.element(id)) };
  if (rows.kind !== 'array') return rows;
  const items = rows.items.value.map((item) => ({ ...item, value: only(item.value) }));
  return { ...rows, items: { ...rows.items, value: items } };
}

/** What a target is called; undefined for `*` and for what has no name of its own. */
function nameOf(node: Node): string | undefined {
  if (!('ResTarget' in node)) return undefined;
  const { name, val } = node.ResTarget;
  if (name !== undefined) return name;
  const last = val && 'ColumnRef' in val ? val.ColumnRef.fields?.at(-1) : undefined;
  return last && 'String' in last ? last.String.sval : undefined;
}

/** Values under the columns' own names, expressions among them as the statement has them. */
function inScope(context: Context, value: Value, scope: Scope): Value {
  switch (value.kind) {
    case 'choice':
      return choose(
        value.when,
        inScope(context, value.yes, scope),
        inScope(context, value.no, scope),
      );
    case 'array':
      return {
        ...value,
        items: {
          ...value.items,
          value: value.items.value.map((item) => ({
            ...item,
            value: inScope(context, item.value, scope),
          })),
        },
      };
    case 'list':
      return { ...value, element: (id) => inScope(context, value.element(id), scope) };
    case 'object':
      return {
        ...value,
        fields: fieldsCell(
          new Map(
            [...value.fields.value].map(([name, field]) => [
              context.names.toSql(name),
              fieldIn(context, field, scope),
            ]),
          ),
        ),
      };
    default:
      return value;
  }
}

function fieldIn(context: Context, field: Value, scope: Scope): Value {
  const built = field.kind === 'special' || field.kind === 'closure';
  return built ? expression(operand(context, field, scope.node), scope) : field;
}

const COUNTS: Readonly<Record<Write['kind'], string>> = {
  insert: 'numInsertedOrUpdatedRows',
  update: 'numUpdatedRows',
  delete: 'numDeletedRows',
};

/** `InsertResult`, `UpdateResult`, `DeleteResult`. */
function done(machine: Machine, kind: Write['kind'], rows: Value): Value {
  return {
    kind: 'special',
    name: 'result',
    get: (name, at) => {
      if (name !== COUNTS[kind]) return undefined;
      if (rows.kind !== 'array') return machine.get(rows, 'rowCount', at);
      const [first] = rows.items.value;
      const count = literal(rows.items.value.length);
      return first?.when ? choose(first.when, count, literal(0)) : count;
    },
  };
}
