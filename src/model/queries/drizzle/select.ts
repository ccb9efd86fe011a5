import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import {
  native,
  type Special,
  type TableValue,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { EMPTY, execute, type Select, selectOf, standsFor } from '../select.ts';
import { namedSubquery } from './subquery.ts';
import { tellUnknownTable } from './unknown-table.ts';

/** `db.select(fields)`: a builder that reads when it is awaited. */
export function selectBuilder(machine: Machine, fields: Value | undefined): Special {
  const chosen = fields && fields.kind !== 'undefined' ? fields : null;
  return builder(machine, { ...EMPTY, fields: chosen, lenient: true });
}

function builder(machine: Machine, state: Select): Special {
  let result: Value | undefined;
  const made: Special = {
    kind: 'special',
    name: 'select',
    invoke: (method, args, node) => step(machine, { state, made }, { method, args, node }),
    get: (name, node) => {
      if (name !== 'then') return sourceField(state, name);
      return native('then', ([work = UNDEFINED]) =>
        machine.call(work, [machine.settle(made, node)], node),
      );
    },
    settle: () => {
      result ??= execute(machine, state, { node: state.node, outer: () => undefined });
      return result;
    },
  };
  return standsFor(made, () => state);
}

/** A column of a subquery used as a source (`sub.total`). */
function sourceField(state: Select, name: string): Value | undefined {
  if (state.fields?.kind === 'object') {
    const field = state.fields.fields.value.get(name);
    const grouped = field?.kind === 'sqlTerm' && (state.groups ?? []).length > 0;
    return grouped ? { ...field, apart: true } : field;
  }
  const column = state.from?.table.columns.find((each) => each.property === name);
  return column && state.from ? { kind: 'column', source: state.from.source, column } : undefined;
}

function step(
  machine: Machine,
  { state, made }: { state: Select; made: Special },
  { method, args, node }: { method: string; args: readonly Value[]; node: ts.Node },
): Value | undefined {
  const [first, second] = args;
  const next = (change: Partial<Select>) => builder(machine, { ...state, ...change, node });
  switch (method) {
    case 'from':
      tellUnknownTable(machine, first, node);
      return next(sourceOf(first));
    case 'where':
      return next({ where: first ? [...state.where, first] : state.where });
    case 'innerJoin':
    case 'leftJoin':
    case 'rightJoin':
    case 'fullJoin': {
      const join = first && tableOf(first);
      if (!join) return made;
      return next({
        joins: [...state.joins, { table: join, inner: method === 'innerJoin', on: second }],
      });
    }
    case 'limit':
      return next({ limit: first ?? null });
    case 'offset':
      return next({ offset: first ?? null });
    case 'groupBy':
      return next({ groups: args });
    case 'execute':
    case 'all':
      return machine.settle(made, node);
    case 'orderBy':
    case 'having':
    case 'for':
    case 'prepare':
    case '$dynamic':
    case '$withCache':
      return made;
    case 'as':
      return builder(machine, namedSubquery(state, first));
    case 'get':
      return machine.get(machine.settle(made, node), '0', node);
    default:
      return undefined;
  }
}

function tableOf(value: Value): TableValue | undefined {
  if (value.kind === 'table') return value;
  return selectOf(value)?.from ?? undefined;
}

/** A subquery as a source brings its own table and conditions along. */
function sourceOf(value: Value | undefined): Partial<Select> {
  if (value?.kind === 'table') return { from: value };
  const inner = selectOf(value);
  return inner ? { from: inner.from, where: inner.where, joins: inner.joins } : {};
}
