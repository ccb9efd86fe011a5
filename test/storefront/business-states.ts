// The business states of fixtures/apps/storefront/business-states.json, and the query that finds one.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type BusinessState, BusinessStates, type Fact } from '../../evals/business/list.ts';
import { APP_DIR } from './harness.ts';

const text = readFileSync(path.join(APP_DIR, 'business-states.json'), 'utf8');
export const STATES = BusinessStates.parse(JSON.parse(text)).states;

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
