import type { JsonSchema } from '../../reader.ts';
import { jsonOf, nullable, schema, type ZodSchema } from '../zod/schema.ts';

/**
 * A schema with what holds of it whatever is added: the values `allow` lets past every rule, and that a text is not
 * empty unless it is one of them.
 */
export function finished(of: ZodSchema): ZodSchema {
  const { 'x-allowed': said, 'x-open': isOpen, ...json } = of.json;
  const allowed: readonly unknown[] = Array.isArray(said) ? said : [];
  const made = permitted({ ...of, json }, allowed);
  return isOpen ? schema(opened(jsonOf(made)), { optional: made.optional }) : made;
}

function permitted(of: ZodSchema, allowed: readonly unknown[]): ZodSchema {
  const { json } = of;
  const { type } = json;
  if (Array.isArray(json['enum'])) {
    const types = allowed.includes(null) && typeof type === 'string' ? [type, 'null'] : type;
    const whole = { ...json, enum: [...json['enum'], ...allowed] };
    return { ...of, json: types === undefined ? whole : { ...whole, type: types } };
  }
  const isText = type === 'string' && json['x-type'] === undefined;
  const others = allowed.filter((value) => value !== null && !(value === '' && isFree(json)));
  const empty = allowed.includes('') && isFree(json);
  const filled = isText && !empty ? { ...of, json: { ...json, minLength: sizeOf(json) } } : of;
  if (others.length === 0) return allowed.includes(null) ? nullable(filled) : filled;
  const either = { anyOf: [jsonOf(filled), { enum: allowed }] };
  const typed = isText ? { type: allowed.includes(null) ? ['string', 'null'] : 'string' } : {};
  return schema({ ...typed, ...either }, { optional: of.optional });
}

/** Whether nothing but being a text is asked. */
function isFree({ type, ...rest }: JsonSchema): boolean {
  const asked = ['minLength', 'format', 'pattern', 'allOf', 'x-refine'];
  return type === 'string' && !asked.some((keyword) => keyword in rest);
}

/** `min(0)` takes an empty text; nothing said does not. */
function sizeOf({ minLength }: JsonSchema): number {
  return typeof minLength === 'number' ? minLength : 1;
}

/** The same, with keys that no object inside names let through. */
export function opened(json: JsonSchema): JsonSchema {
  const kept = Object.entries(json).filter(
    ([key, value]) => key !== 'additionalProperties' || value !== false,
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, openedIn(value)]));
}

function openedIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openedIn);
  return typeof value === 'object' && value !== null ? opened({ ...value }) : value;
}
