import type { Catalog, Column, Table } from '../db/db.ts';
import { type Finding, finding } from '../kernel/finding.ts';
import type { App } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { columnOf } from './draft.ts';
import { familyOf } from './values/family.ts';

/**
 * Where the live catalog differs from what the plan was made on: `schema.drift`, an error where the plan
 * names what isn't there, a warning where the difference may change what the app does.
 */
export function findDrift(plan: Plan, { app, catalog }: { app: App; catalog: Catalog }): Finding[] {
  const named = namedBy(plan);
  return [...named].flatMap(([id, columns]) => {
    const live = catalog.tables.find((table) => table.id === id);
    if (!live) return [drift('error', { table: id, is: 'missing table' })];
    const missing = [...columns].filter((column) => !columnOf(live, column));
    const model = app.tables.find((table) => table.id === id);
    return [
      ...missing.map((column) => drift('error', { table: id, column, is: 'missing column' })),
      ...(model ? differences(model, live) : []),
    ];
  });
}

function differences(model: Table, live: Table): Finding[] {
  const known = model.columns.flatMap((column) => {
    const other = columnOf(live, column.name);
    if (!other)
      return [drift('warning', { table: live.id, column: column.name, is: 'not in the database' })];
    return differs(column, other).map((is) =>
      drift('warning', { table: live.id, column: column.name, is }),
    );
  });
  const unknown = live.columns.filter(
    (column) => !column.nullable && column.default.kind === 'none' && !columnOf(model, column.name),
  );
  return [
    ...known,
    ...unknown.map(({ name }) =>
      drift('warning', { table: live.id, column: name, is: 'required, not in the code' }),
    ),
  ];
}

function differs(model: Column, live: Column): string[] {
  const family = [familyOf(model), familyOf(live)];
  const labels = (model.values ?? []).filter(
    (value) => live.values && !live.values.includes(value),
  );
  return [
    ...(family[0] !== family[1] ? [`${live.type} in the database, ${model.type} in the code`] : []),
    ...(model.nullable && !live.nullable ? ['not null in the database, nullable in the code'] : []),
    ...labels.map((label) => `without the label ${label} in the database`),
  ];
}

/** Tables and columns the plan names, also through references. */
function namedBy(plan: Plan): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  const add = (table: string, columns: readonly string[]) => {
    const known = named.get(table) ?? new Set();
    for (const column of columns) known.add(column);
    named.set(table, known);
  };
  for (const row of Object.values(plan.given.rows)) {
    if ('set' in row) add(row.table, Object.keys(row.set));
    else add(row.table, [...Object.keys(row.match), ...Object.keys(row.update ?? {})]);
  }
  for (const { table, where } of plan.given.absent) add(table, Object.keys(where));
  return named;
}

function drift(severity: Finding['severity'], facts: Record<string, string>): Finding {
  return finding('schema.drift', { severity, path: facts['table'] ?? null, facts });
}
