import { ts } from '../../../kernel/syntax.ts';
import type { Call, Machine, PackageValue, Semantics, Value } from '../../static/value.ts';
import { entryOf, list, literal, native, nativeOf, object, textOf } from '../../static/value.ts';
import {
  column,
  columnCall,
  columnMethod,
  columnProperty,
  enumColumn,
  textsOf,
} from './columns.ts';
import { constraintCall, constraintMethod } from './constraints.ts';
import {
  type DrizzleNative,
  isDrizzle,
  type MakerNative,
  type RelationsNative,
  type SqlNative,
  type TableNative,
} from './natives.ts';

type NamedCall = Call & { readonly name: string };

/** What a run of the schema's modules made. */
export interface DrizzleRun {
  readonly semantics: Semantics;
  readonly tables: TableNative[];
  readonly relations: RelationsNative[];
  /** Calls that should have made a table, and why they did not. */
  readonly failed: { readonly node: ts.Node; readonly reason: string }[];
}

/** What the exports of `drizzle-orm` and `drizzle-orm/pg-core` mean. */
export function createDrizzle(): DrizzleRun {
  const run = { tables: [], relations: [], failed: [] } as Omit<DrizzleRun, 'semantics'>;
  const semantics: Semantics = {
    call: (machine, callee, call) => exportCall(machine, callee, { call, run }),
    method: (machine, receiver, call) =>
      isDrizzle(receiver) ? methodCall(machine, receiver, { call, run }) : undefined,
    property: (_machine, receiver, name) =>
      isDrizzle(receiver) ? property(receiver, name) : undefined,
  };
  return { ...run, semantics };
}

type Run = Omit<DrizzleRun, 'semantics'>;

function exportCall(
  machine: Machine,
  callee: PackageValue,
  { call, run }: { call: Call; run: Run },
): Value | undefined {
  if (!/^drizzle-orm(?:\/|$)/.test(callee.package)) return undefined;
  const [name = '', member] = callee.path;
  const { args, node } = call;
  if (name === 'sql')
    return member === 'raw' ? sqlOf([textOf(args[0]) ?? '?']) : template(machine, call);
  if (name === 'relations') return relationsOf(args, run);
  if (name === 'getTableColumns' || name === 'getColumns') return columnsOf(args[0]);
  if (!callee.package.endsWith('pg-core')) return undefined;
  if (name === 'pgTable') return tableOf(machine, call, { schema: 'public', rename: null, run });
  if (name === 'pgEnum') return enumOf(args, 'public');
  if (name === 'pgSchema') return maker('schema', { schema: textOf(args[0]) ?? 'public' });
  if (name === 'pgTableCreator') {
    return maker('table', { name: args[0]?.kind === 'function' ? args[0] : null });
  }
  if (name === 'customType') return maker('column', { sqlType: customType(machine, args[0]) });
  return columnCall(name, args) ?? constraintCall(name, { args, node });
}

function methodCall(
  machine: Machine,
  receiver: DrizzleNative,
  { call, run }: { call: NamedCall; run: Run },
): Value | undefined {
  switch (receiver.type) {
    case 'drizzle.column':
      return columnMethod(machine, receiver, call);
    case 'drizzle.enum':
      return call.name === '()' ? enumColumn(receiver, call.args) : undefined;
    case 'drizzle.constraint':
      return constraintMethod(receiver, call);
    case 'drizzle.maker':
      return make(machine, receiver, { call, run });
    case 'drizzle.sql':
      return native(receiver);
    case 'drizzle.table':
      return call.name === 'enableRLS' ? native(receiver) : undefined;
    default:
      return undefined;
  }
}

function property(receiver: DrizzleNative, name: string): Value | undefined {
  if (receiver.type === 'drizzle.column') return columnProperty(receiver, name);
  if (receiver.type === 'drizzle.enum') {
    if (name === 'enumValues') return list(receiver.values.map((value) => literal(value)));
    return receiver.keys && name === 'enum'
      ? object(receiver.keys.map(([key, value]) => [key, literal(value)]))
      : undefined;
  }
  if (receiver.type !== 'drizzle.table') return undefined;
  const found = receiver.columns.get(name);
  return found && native(found);
}

function make(
  machine: Machine,
  receiver: MakerNative,
  { call, run }: { call: NamedCall; run: Run },
): Value | undefined {
  const { schema } = receiver;
  if (receiver.makes === 'column') {
    return native(column(textOf(call.args[0]) ?? null, receiver.sqlType));
  }
  if (receiver.makes === 'table') {
    return call.name === '()'
      ? tableOf(machine, call, { schema, rename: receiver.name, run })
      : undefined;
  }
  if (call.name === 'table') return tableOf(machine, call, { schema, rename: null, run });
  return call.name === 'enum' ? enumOf(call.args, schema) : undefined;
}

function tableOf(
  machine: Machine,
  call: Call,
  { schema, rename, run }: { schema: string; rename: MakerNative['name']; run: Run },
): Value | undefined {
  const [named, shape, extras] = call.args;
  const written = rename && named ? machine.invoke(rename, [named]) : named;
  const name = textOf(written);
  const columns = shape?.kind === 'function' ? machine.invoke(shape, [BUILDERS]) : shape;
  if (name === undefined || columns?.kind !== 'object') {
    const reason = name === undefined ? 'its name is not known' : 'its columns are not known';
    run.failed.push({ node: call.node, reason });
    return undefined;
  }
  const table: TableNative = {
    type: 'drizzle.table',
    name,
    schema,
    columns: new Map(),
    partial: columns.open.value || [...columns.entries.values()].some((value) => !nativeOf(value)),
    extras: extras ?? null,
    node: call.node,
  };
  for (const [key, value] of columns.entries) {
    const builder = nativeOf(value);
    if (!isDrizzle(builder) || builder.type !== 'drizzle.column') continue;
    table.columns.set(key, { ...builder, property: key, table });
  }
  run.tables.push(table);
  return native(table);
}

/** `pgTable('users', (t) => ({ id: t.uuid() }))`: `t` has the column functions. */
const BUILDERS: Value = { kind: 'package', package: 'drizzle-orm/pg-core', path: [], origin: null };

function enumOf(args: readonly Value[], schema: string): Value | undefined {
  const name = textOf(args[0]);
  const values = textsOf(args[1]);
  if (name === undefined || !values) return undefined;
  const entries = args[1]?.kind === 'object' ? [...args[1].entries] : null;
  const keys = entries?.map(([key, value]) => [key, textOf(value) ?? ''] as const) ?? null;
  return native({ type: 'drizzle.enum', name, schema, values, keys } as DrizzleNative);
}

function maker(makes: MakerNative['makes'], given: Partial<MakerNative>): Value {
  const made: MakerNative = {
    type: 'drizzle.maker',
    makes,
    schema: 'public',
    name: null,
    sqlType: 'text',
    ...given,
  };
  return native(made);
}

function customType(machine: Machine, options: Value | undefined): string {
  const dataType = entryOf(options, 'dataType');
  const type = dataType?.kind === 'function' ? machine.invoke(dataType, [object()]) : undefined;
  return textOf(type)?.toLowerCase() ?? 'unknown';
}

function relationsOf(args: readonly Value[], run: Run): Value | undefined {
  const [of, build] = args;
  const table = nativeOf(of);
  if (!isDrizzle(table) || table.type !== 'drizzle.table' || !build) return undefined;
  const made: RelationsNative = { type: 'drizzle.relations', table, build };
  run.relations.push(made);
  return native(made);
}

function columnsOf(value: Value | undefined): Value | undefined {
  const table = nativeOf(value);
  if (!isDrizzle(table) || table.type !== 'drizzle.table') return undefined;
  return object([...table.columns].map(([key, one]) => [key, native(one)]));
}

function template(_machine: Machine, { node, args }: Call): Value | undefined {
  if (!ts.isTaggedTemplateExpression(node)) return undefined;
  if (ts.isNoSubstitutionTemplateLiteral(node.template)) return sqlOf([node.template.text]);
  const parts: SqlNative['parts'][number][] = [node.template.head.text];
  node.template.templateSpans.forEach((span, index) => {
    parts.push(args[index] ?? '?', span.literal.text);
  });
  return sqlOf(parts);
}

function sqlOf(parts: SqlNative['parts']): Value {
  const made: SqlNative = { type: 'drizzle.sql', parts };
  return native(made);
}
