import type { Condition, Place } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import { canonicalJson, digest } from '../../kernel/digest.ts';
import type { Plan, PlannedRow } from '../plan.ts';
import type { Setting } from './setting.ts';

/** The places a plan rests on: where its conditions stand and where its outcome is. */
export function evidenceOf(setting: Setting): Plan['evidence'] {
  const places = [...setting.when.flatMap(placesOf), setting.outcome.at];
  const evidence = places.map(({ file, symbol, hash }) => ({ file, symbol, hash }));
  const distinct = new Map(evidence.map((item) => [canonicalJson(item), item]));
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/** What a plan was made from, so that a later one can tell whether it is stale. */
export function digestsOf(setting: Setting, rows: Record<string, PlannedRow>): Plan['digests'] {
  const places = setting.route.outcomes.flatMap((outcome) => [
    outcome.at,
    ...outcome.when.flatMap(placesOf),
  ]);
  const hashes = [...new Set(places.map((place) => place.hash))].sort();
  const touched = [
    ...Object.values(rows).map((row) => row.table),
    ...[...setting.queries.values()].map((query) => query.table),
  ];
  return { code: digest(hashes), schema: digest(closureOf(setting, touched)), prompt: null };
}

function placesOf(condition: Condition): Place[] {
  return condition.kind === 'any' ? condition.of.flat().flatMap(placesOf) : [condition.at];
}

/** Tables are many plans' and never change. */
const ordered = new WeakMap<Table, Table>();

/** A table whose lists stand in an order of their own, whatever order they were read in. */
function inOrder(table: Table): Table {
  const known = ordered.get(table) ?? sortedTable(table);
  ordered.set(table, known);
  return known;
}

function sortedTable(table: Table): Table {
  const sorted = <T>(items: readonly T[]) =>
    items
      .map((item) => [canonicalJson(item), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, item]) => item);
  return {
    ...table,
    columns: sorted(table.columns),
    uniques: sorted(table.uniques),
    foreignKeys: sorted(table.foreignKeys),
    checks: sorted(table.checks),
  };
}

function closureOf(setting: Setting, names: readonly string[]): Table[] {
  const reached = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const table = setting.tables.get(name);
    if (!table || reached.has(name)) continue;
    reached.add(name);
    queue.push(...table.foreignKeys.map((key) => key.table));
  }
  return [...reached].sort().flatMap((name) => {
    const table = setting.tables.get(name);
    return table ? [inOrder(table)] : [];
  });
}
