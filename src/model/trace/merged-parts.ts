import type { InputPart } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import type { Formula } from './formula.ts';
import { takesBody } from './input-facts.ts';
import { isPart } from './laid-over.ts';
import type { Machine } from './machine.ts';
import { validTogether } from './part-schemas.ts';
import { object } from './terms.ts';
import { schemaType, type Value } from './values.ts';

/** What objects are made of that are written as several spreads alone. */
const spreads = new WeakMap<Value, readonly Value[]>();

export function noteSpreads(made: Value, of: readonly Value[]): void {
  spreads.set(made, of);
}

/**
 * `{ ...req.params, ...req.query, ...req.body }`, checked as one: a field is looked for in the path, or else in the body,
 * or in the query where none can be sent. Undefined for anything else.
 */
export function mergedParts(
  machine: Machine,
  json: JsonSchema,
  { value, node }: { value: Value; node: ts.Node },
): { valid: Formula; data: Value } | undefined {
  const parts = spreads.get(value);
  if (!parts?.every(isPart)) return undefined;
  const partFrom = (from: InputPart) => parts.find(({ term }) => term.from === from);
  const path = partFrom('params');
  const sent = (takesBody(machine) ? partFrom('body') : undefined) ?? partFrom('query');
  if (!sent) return undefined;
  const params = path?.type.schema ?? {};
  const valid = validTogether(machine, json, { params, node, from: sent.term.from });
  const typed: Value = { ...sent, type: schemaType(json) };
  const fields = Object.keys(Object(json['properties'])).map((name): [string, Value] => {
    const isInPath = path && name in Object(params['properties']);
    return [name, machine.get(isInPath ? path : typed, name, node)];
  });
  return { valid, data: object(fields) };
}
