import type { Relation } from '../../reader.ts';
import type { Call, Machine, Semantics, Value } from '../../static/value.ts';
import { entryOf, native, nativeOf, object, textOf } from '../../static/value.ts';
import {
  isDrizzle,
  type RelationNative,
  type RelationsNative,
  type TableNative,
} from './natives.ts';
import { type Naming, namesOf, tableId } from './tables.ts';

/** A package of our own name: what the callback of `relations()` is handed. */
const HELPERS = 'statewright:drizzle-relations';

/** What `one` and `many` mean inside the callback of `relations()`. */
export const relationSemantics: Semantics = {
  call(_machine, callee, { args }: Call): Value | undefined {
    const kind = callee.path[0];
    if (callee.package !== HELPERS || (kind !== 'one' && kind !== 'many')) return undefined;
    const table = nativeOf(args[0]);
    if (!isDrizzle(table) || table.type !== 'drizzle.table') return undefined;
    const options = args[1];
    const made: RelationNative = {
      type: 'drizzle.relation',
      kind,
      table,
      fields: itemsOf(entryOf(options, 'fields')),
      references: itemsOf(entryOf(options, 'references')),
      label: textOf(entryOf(options, 'relationName')) ?? null,
    };
    return native(made);
  },
};

interface Named {
  readonly name: string;
  readonly from: TableNative;
  readonly made: RelationNative;
}

/**
 * The named relations by table id. Where only the other end says which columns meet, this end has them
 * turned around.
 */
export function relationsByTable(
  declared: readonly RelationsNative[],
  naming: Naming,
): Map<string, Relation[]> {
  const all = declared.flatMap((one) => built(one, naming.machine));
  const byTable = new Map<string, Relation[]>();
  for (const one of all) {
    const id = tableId(one.from);
    byTable.set(id, [...(byTable.get(id) ?? []), finish(one, { all, naming })]);
  }
  return byTable;
}

function built({ table, build }: RelationsNative, machine: Machine): Named[] {
  if (build.kind !== 'function') return [];
  const helper = (name: string): Value => ({
    kind: 'package',
    package: HELPERS,
    path: [name],
    origin: null,
  });
  const helpers = object([
    ['one', helper('one')],
    ['many', helper('many')],
  ]);
  const made = machine.invoke(build, [helpers]);
  if (made.kind !== 'object') return [];
  return [...made.entries].flatMap(([name, value]) => {
    const relation = nativeOf(value);
    return isDrizzle(relation) && relation.type === 'drizzle.relation'
      ? [{ name, from: table, made: relation }]
      : [];
  });
}

function finish(
  { name, from, made }: Named,
  { all, naming }: { all: readonly Named[]; naming: Naming },
): Relation {
  const own = {
    fields: namesOf(made.fields, naming),
    references: namesOf(made.references, naming),
  };
  const other = all.find(
    (one) =>
      one.from === made.table &&
      one.made.table === from &&
      one.made.fields.length > 0 &&
      one.made.label === made.label,
  );
  const turned = own.fields.length === 0 && other;
  return {
    name,
    kind: made.kind,
    table: tableId(made.table),
    fields: turned ? namesOf(turned.made.references, naming) : own.fields,
    references: turned ? namesOf(turned.made.fields, naming) : own.references,
  };
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items : [];
}
