import type { Json } from '../../../kernel/digest.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { Call, Value } from '../../static/value.ts';

/** The JSON a value stands for; undefined where it is none or not known. */
export function jsonIn(value: Value | undefined): Json | undefined {
  if (value?.kind === 'literal') return value.value;
  if (value?.kind === 'list' && !value.open.value) {
    const items = value.items.map(jsonIn).filter((item) => item !== undefined);
    return items.length === value.items.length ? items : undefined;
  }
  if (value?.kind !== 'object' || value.open.value || value.of) return undefined;
  const entries = [...value.entries].map(([key, item]) => [key, jsonIn(item)] as const);
  if (entries.some(([, item]) => item === undefined)) return undefined;
  return Object.fromEntries(entries) as { [key: string]: Json };
}

export function numberIn(value: Value | undefined): number | undefined {
  const json = jsonIn(value);
  return typeof json === 'number' ? json : undefined;
}

/** An argument as it stands in the code, on one line. */
export function written({ node }: Pick<Call, 'node'>, index = 0): string {
  const argument = ts.isTaggedTemplateExpression(node) ? undefined : node.arguments?.[index];
  return argument?.getText().replace(/\s+/g, ' ') ?? '';
}

/** Keywords whose value is known; the others are left out. */
export function known(json: { readonly [key: string]: unknown }): { [key: string]: unknown } {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}
