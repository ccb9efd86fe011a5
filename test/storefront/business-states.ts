// The business states of fixtures/apps/storefront/business-states.json, and the query that finds one.
//
// A row stands for `count` rows (one unless said); all rows of a state are different ones. A `ref`
// names a row of the same state and a column of it. What facts cannot say is in `relations`.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { APP_DIR } from './harness.ts';

const Fact = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.strictObject({ gt: z.number() }),
  z.strictObject({ lt: z.number() }),
  z.strictObject({ null: z.boolean() }),
  z.strictObject({ before: z.literal('now') }),
  z.strictObject({ after: z.literal('now') }),
  z.strictObject({ ref: z.string().regex(/^[a-z_]+\.[a-z_]+$/) }),
]);
export type Fact = z.output<typeof Fact>;

const StateRow = z.strictObject({
  table: z.string(),
  name: z.string().optional(),
  where: z.record(z.string(), Fact),
  count: z.number().int().min(2).optional(),
});
export type StateRow = z.output<typeof StateRow>;

const BusinessStates = z.strictObject({
  version: z.literal(1),
  states: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
      title: z.string(),
      rows: z.array(StateRow).min(1),
      relations: z.array(z.string()),
    }),
  ),
});

const text = readFileSync(path.join(APP_DIR, 'business-states.json'), 'utf8');
export const STATES = BusinessStates.parse(JSON.parse(text)).states;
export type BusinessState = (typeof STATES)[number];

/** Names of rows may be words of SQL: an order. */
const quoted = (name: string) => `"${name}"`;

function condition(alias: string, column: string, fact: Fact, values: unknown[]): string {
  const cell = `${alias}.${column}`;
  if (typeof fact !== 'object') return `${cell} = $${values.push(fact)}`;
  if ('gt' in fact) return `${cell} > ${fact.gt}`;
  if ('lt' in fact) return `${cell} < ${fact.lt}`;
  if ('null' in fact) return `${cell} IS ${fact.null ? '' : 'NOT '}NULL`;
  if ('before' in fact) return `${cell} < now()`;
  if ('after' in fact) return `${cell} > now()`;
  const [name = '', other = ''] = fact.ref.split('.');
  return `${cell} = ${quoted(name)}.${other}`;
}

/** Counts the ways in which the rows of a database make the state. */
export function queryOf({ rows }: BusinessState): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const all = rows.map((row, i) => ({ ...row, alias: quoted(row.name ?? `row_${i}`) }));
  const where = all.flatMap((row, i) => {
    const facts = Object.entries(row.where).map(([column, fact]) =>
      condition(row.alias, column, fact, values),
    );
    const many = `(SELECT count(*) FROM ${row.table} ${row.alias} WHERE ${facts.join(' AND ')})`;
    if (row.count) return [`${many} >= ${row.count}`];
    const others = all.slice(0, i).filter(({ table, count }) => table === row.table && !count);
    return [...facts, ...others.map(({ alias }) => `${row.alias}.ctid <> ${alias}.ctid`)];
  });
  const single = all.filter(({ count }) => !count);
  const from = single.map(({ table, alias }) => `${table} ${alias}`);
  return {
    text: `SELECT count(*)::int AS n FROM ${from.join(', ')} WHERE ${where.join(' AND ')}`,
    values,
  };
}
