import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import { type Formula, TRUE } from './formula.ts';
import { isThere } from './truth.ts';
import type { Value } from './values.ts';

/** When a value of the request that was found to be what a schema says is so again; undefined where it was not. */
export function validAgain(
  json: JsonSchema | null,
  value: Value,
  node: ts.Node,
): Formula | undefined {
  if (!json || value.kind !== 'term' || value.term.kind !== 'input') return undefined;
  const { schema } = value.type;
  if (!schema || value.term.path.length === 0 || CHANGED.test(JSON.stringify(schema)))
    return undefined;
  if (isSame(schema, json)) return TRUE;
  const there = withoutNull(schema);
  return there && isSame(there, json) ? isThere(value, node) : undefined;
}

/** A schema that makes something else of its value, or of a part of it. */
const CHANGED = /"x-(transform|pipe|flag)":/;

function isSame(one: JsonSchema, other: JsonSchema): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function withoutNull(schema: JsonSchema): JsonSchema | undefined {
  const { type, anyOf } = schema;
  if (Array.isArray(type) && type.length === 2 && type.includes('null'))
    return { ...schema, type: type.find((each) => each !== 'null') };
  if (!Array.isArray(anyOf) || Object.keys(schema).length > 1) return undefined;
  const others = anyOf.filter((each) => each?.type !== 'null');
  return others.length === 1 && anyOf.length === 2 ? others[0] : undefined;
}

/** The app's own data as a schema says it is. */
export function ownData(json: JsonSchema | null, value: Value): Value {
  const isStored =
    value.kind === 'term' && (value.term.kind === 'column' || value.term.kind === 'call');
  if (!json || !isStored || value.type.schema) return value;
  return { ...value, type: { ...value.type, schema: json } };
}
