import type { Node } from 'libpg-query';
import { spreadFields } from '../../trace/composites.ts';
import { stringOf, type Value } from '../../trace/values.ts';
import { call, countAll, star, target } from '../sql/nodes.ts';
import { rawNode } from './raw.ts';
import { type Context, reference } from './where.ts';

/** The calls that sum a query up. */
export const SUMS = /^(count|countDistinct|sum|avg|min|max)(Distinct)?$/;

/** `'a.b as c'`, `{ c: 'a.b' }`, `knex.raw(…)`, lists of them. */
export function targetsOf(context: Context, value: Value): Node[] {
  if (value.kind === 'array')
    return value.items.value.flatMap((item) => targetsOf(context, item.value));
  if (value.kind === 'object') {
    return [...value.fields.value].map(([alias, of]) =>
      target(reference(context, stringOf(of) ?? ''), context.names.toSql(alias)),
    );
  }
  const text = stringOf(value);
  if (text !== undefined) {
    const [path = '', alias] = text.split(/\s+as\s+/i);
    if (path.endsWith('*')) return [star(path === '*' ? undefined : path.slice(0, -2))];
    return [target(reference(context, path), alias && context.names.toSql(alias.trim()))];
  }
  const raw = rawNode(context.machine, value);
  return raw ? [target(raw)] : [];
}

/** `count('* as total')`, `count({ total: '*' })`, `sum('amount as sum')`. */
export function sums(context: Context, method: string, value: Value): Node[] {
  const fn = method.replace('Distinct', '');
  const [pair] = value.kind === 'object' ? [...spreadFields(value).fields] : [];
  const text = pair ? `${stringOf(pair[1])} as ${pair[0]}` : (stringOf(value) ?? '*');
  const [path = '*', alias] = text.split(/\s+as\s+/i);
  const made = path === '*' ? countAll() : call(fn, [reference(context, path)]);
  return [target(made, context.names.toSql(alias?.trim() ?? fn))];
}
