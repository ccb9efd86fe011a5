import type { ColumnRule } from '../config/config.ts';
import type { LayoutColumn, LayoutTable } from '../db/db.ts';
import type { PlannedKey, Value } from './bulk.ts';

/** What the user's config says of columns: by table oid, then by column number. */
export interface Rules {
  readonly locales: readonly string[];
  readonly columns: ReadonlyMap<number, ReadonlyMap<number, ColumnRule>>;
}

export const noRules: Rules = { locales: [], columns: new Map() };

export function ruleOf(rules: Rules, table: LayoutTable, column: LayoutColumn): ColumnRule | null {
  return rules.columns.get(table.oid)?.get(column.number) ?? null;
}

/** Whether a rule decides the column's values, not only how many rows have none. */
export function decides(rule: ColumnRule | null): boolean {
  return Boolean(rule?.weights ?? rule?.number ?? rule?.series ?? rule?.faker);
}

/** The value a rule asks for; null where it leaves that to the schema. */
export function valueFrom(rule: ColumnRule | null, type: string): Value | null {
  if (rule?.weights) return weightedOf(rule.weights);
  if (rule?.number) return { kind: 'number', ...rule.number };
  if (rule?.series) {
    const { from, everySeconds, jitter } = rule.series;
    const every = everySeconds * 1000;
    return { kind: 'series', from: Date.parse(from), every, jitter, day: type === 'date' };
  }
  return null;
}

function weightedOf(weights: Readonly<Record<string, number>>): Value {
  const entries = Object.entries(weights);
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let sum = 0;
  const upTo = entries.map(([, weight]) => {
    sum += weight;
    return sum / total;
  });
  return { kind: 'weighted', texts: entries.map(([text]) => text), upTo };
}

/** A foreign key as the rules of its columns have it. */
export function spreadKey(planned: PlannedKey, table: LayoutTable, rules: Rules): PlannedKey {
  const columns = table.columns.filter(({ number }) => planned.key.columns.includes(number));
  const found = columns.flatMap((column) => ruleOf(rules, table, column) ?? []);
  const spread = found.find((rule) => rule.spread)?.spread;
  const nulls = found.find((rule) => rule.nulls !== undefined)?.nulls;
  return {
    ...planned,
    ...(spread && { skew: spread === 'even' ? 0 : spread.skew }),
    ...(nulls !== undefined && planned.nullable && { optional: nulls }),
  };
}
