import type { JsonSchema } from '../../reader.ts';
import type { Native, Value } from '../../static/value.ts';
import { native, nativeOf } from '../../static/value.ts';

/** A Zod schema as far as it can be told from the code, seen from its input side. */
export interface ZodSchema extends Native {
  readonly type: 'zod';
  /** Everything but an object's properties. */
  readonly json: JsonSchema;
  /** An object's properties by key; null for anything else. */
  readonly shape: ReadonlyMap<string, ZodSchema> | null;
  /** Whether a key with this schema may be left out. */
  readonly optional: boolean;
  /** What an array holds, or what `.unwrap()` gives back. */
  readonly inner: ZodSchema | null;
}

export function isZod(value: Native | undefined): value is ZodSchema {
  return value?.type === 'zod';
}

/** The schema a value is; one that accepts anything where that is not known. */
export function schemaIn(value: Value | undefined): ZodSchema {
  const found = nativeOf(value);
  return isZod(found) ? found : { ...schema({ 'x-unknown': true }), optional: true };
}

export function schema(json: JsonSchema, more: Partial<ZodSchema> = {}): ZodSchema {
  return { type: 'zod', json, shape: null, optional: false, inner: null, ...more };
}

/** The same schema with further keywords. */
export function also(of: ZodSchema, json: JsonSchema): Value {
  return native({ ...of, json: { ...of.json, ...json } });
}

/** The same schema with one more entry in a list of marks (`x-transform`, `x-refine`). */
export function marked(of: ZodSchema, keyword: string, text: string): Value {
  const before = of.json[keyword];
  return also(of, { [keyword]: [...(Array.isArray(before) ? before : []), text] });
}

/** The whole JSON Schema, properties included. */
export function jsonOf(of: ZodSchema): JsonSchema {
  if (!of.shape) return of.json;
  const required = [...of.shape].filter(([, one]) => !one.optional).map(([key]) => key);
  return {
    type: 'object',
    properties: Object.fromEntries([...of.shape].map(([key, one]) => [key, jsonOf(one)])),
    ...(required.length > 0 ? { required } : {}),
    ...of.json,
  };
}

/** A schema that takes null as well. */
export function nullable(of: ZodSchema): ZodSchema {
  const json = jsonOf(of);
  const { type } = json;
  const plain = typeof type === 'string' && !('enum' in json) && !('const' in json);
  if (plain && !of.shape)
    return schema(
      { ...json, type: [type, 'null'] },
      { ...of, json: { ...json, type: [type, 'null'] } },
    );
  const { default: given, ...rest } = json;
  const either = {
    anyOf: [rest, { type: 'null' }],
    ...('default' in json ? { default: given } : {}),
  };
  return schema(either, { optional: of.optional, inner: of });
}
