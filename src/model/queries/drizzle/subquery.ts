import { type Bind, stringOf, type Value } from '../../trace/values.ts';
import type { Select } from '../select.ts';

/** A select under a name of its own (`.as('totals')`): its table is told from the same table outside. */
export function namedSubquery(state: Select, name: Value | undefined): Select {
  const to = name && stringOf(name);
  if (to === undefined || !state.from) return state;
  const { source: from } = state.from;
  const named = <T extends Value | null | undefined>(value: T) =>
    value ? (renamed(value, { from, to }) as T) : value;
  return {
    ...state,
    from: { ...state.from, source: to },
    fields: named(state.fields),
    where: state.where.map(named),
    joins: state.joins.map((join) => ({ ...join, on: named(join.on) })),
    groups: state.groups?.map(named) ?? null,
  };
}

interface Name {
  readonly from: string;
  readonly to: string;
}

function renamed(value: Value, name: Name): Value {
  const under =
    (bind: Bind): Bind =>
    (source) =>
      bind(source === name.from ? name.to : source);
  switch (value.kind) {
    case 'column':
      return value.source === name.from ? { ...value, source: name.to } : value;
    case 'sqlTest':
      return { ...value, test: (bind) => value.test(under(bind)) };
    case 'sqlTerm':
      return { ...value, make: (bind) => value.make(under(bind)) };
    case 'choice':
      return { ...value, yes: renamed(value.yes, name), no: renamed(value.no, name) };
    case 'object': {
      const fields = [...value.fields.value].map(
        ([key, each]) => [key, renamed(each, name)] as const,
      );
      return { ...value, fields: { ...value.fields, value: new Map(fields) } };
    }
    default:
      return value;
  }
}
