import type { Json } from '../../kernel/digest.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import { arrayOf } from '../trace/composites.ts';
import type { Machine } from '../trace/machine.ts';
import { isSchema } from '../trace/possible-value.ts';
import { checkAgainst, jsonSchemaOf } from '../trace/schemas.ts';
import { textOf } from '../trace/source.ts';
import { object, termsIn, truthValue } from '../trace/terms.ts';
import { literal, literalOf, unknown, type Value } from '../trace/values.ts';

/** Whether a value fits a schema, as the code may ask. */
export function judged(
  machine: Machine,
  { json, value }: { json: JsonSchema | null; value: Value },
  node: ts.Node,
): Value {
  if (!json) return unknown(textOf(node), termsIn(value));
  if (value.kind === 'undefined') return literal(json['type'] === undefined);
  return truthValue(checkAgainst(machine, json, { value, node }).valid);
}

/** What did not fit: at least one thing, where anything did not. */
export function problems(): Value {
  const one = object([['message', unknown('error.message')]], true);
  return arrayOf([{ value: one, when: null }]);
}

/** The JSON Schema that code writes out; null where it can't be read. */
export function schemaIn(machine: Machine, value: Value): JsonSchema | null {
  if (value.kind === 'schema') return jsonSchemaOf(machine, value);
  const json = jsonOf(value);
  return isSchema(json) ? json : null;
}

/** Members of a schema that say nothing of what fits it. */
const ANNOTATING = /^(\$id|\$comment|title|description|default|examples)$/;

/** The JSON that a value was written as; undefined where it is none, or a part of it is not known. */
function jsonOf(value: Value): Json | undefined {
  if (value.kind === 'array') {
    const items = value.items.value.map((item) => (item.when ? undefined : jsonOf(item.value)));
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  if (value.kind !== 'object') return literalOf(value);
  if (value.open.value) return undefined;
  const entries = [...value.fields.value]
    .map(([name, field]) => [name, jsonOf(field)] as const)
    .filter(([name, field]) => field !== undefined || !ANNOTATING.test(name));
  return entries.some(([, field]) => field === undefined)
    ? undefined
    : (Object.fromEntries(entries) as Json);
}
