import type { Call, Value } from '../../static/value.ts';
import { native, nativeOf } from '../../static/value.ts';
import { also, isZod, jsonOf, schema, schemaIn, type ZodSchema } from './schema.ts';

type Shape = ReadonlyMap<string, ZodSchema>;

/** `z.object({ … })`; keys that can't be told are marked, not guessed. */
export function objectOf(shape: Value | undefined, json: ZodSchema['json'] = {}): ZodSchema {
  const open = shape?.kind !== 'object' || shape.open.value;
  return schema({ ...json, ...(open ? { 'x-partial': true } : {}) }, { shape: shapeOf(shape) });
}

/** A method of an object schema; undefined for one that is not about objects. */
export function objectMethod(
  of: ZodSchema & { shape: Shape },
  { name, args }: Call & { name: string },
): Value | undefined {
  const [first] = args;
  switch (name) {
    case 'extend':
    case 'safeExtend':
    case 'augment':
    case 'setKey':
      return withShape(of, [...of.shape, ...shapeOf(first)]);
    case 'merge':
    case 'and':
      return native(merged(of, schemaIn(first)));
    case 'pick':
      return withShape(
        of,
        entries(of, (key) => keysOf(first).has(key)),
      );
    case 'omit':
      return withShape(
        of,
        entries(of, (key) => !keysOf(first).has(key)),
      );
    case 'partial':
    case 'deepPartial':
      return optionality(of, { keys: first && keysOf(first), optional: true });
    case 'required':
      return optionality(of, { keys: first && keysOf(first), optional: false });
    case 'strict':
      return also(of, { additionalProperties: false });
    case 'strip':
      return native({ ...of, json: { ...of.json, additionalProperties: undefined } });
    case 'loose':
    case 'passthrough':
      return also(of, { additionalProperties: {} });
    case 'catchall':
      return also(of, { additionalProperties: jsonOf(schemaIn(first)) });
    case 'keyof':
      return native(schema({ type: 'string', enum: [...of.shape.keys()] }));
    default:
      return undefined;
  }
}

/** Both schemas at once: objects become one object, anything else stands in `allOf`. */
export function merged(left: ZodSchema, right: ZodSchema): ZodSchema {
  if (!left.shape || !right.shape) return schema({ allOf: [jsonOf(left), jsonOf(right)] });
  return {
    ...left,
    json: { ...left.json, ...right.json },
    shape: new Map([...left.shape, ...right.shape]),
  };
}

export function isObject(of: ZodSchema): of is ZodSchema & { shape: Shape } {
  return of.shape !== null;
}

function shapeOf(value: Value | undefined): Map<string, ZodSchema> {
  const found = nativeOf(value);
  if (isZod(found)) return new Map(found.shape ?? []);
  if (value?.kind !== 'object') return new Map();
  return new Map([...value.entries].map(([key, item]) => [key, schemaIn(item)]));
}

function withShape(of: ZodSchema, shape: Iterable<readonly [string, ZodSchema]>): Value {
  return native({ ...of, shape: new Map(shape) });
}

function entries(of: ZodSchema & { shape: Shape }, keep: (key: string) => boolean) {
  return [...of.shape].filter(([key]) => keep(key));
}

function optionality(
  of: ZodSchema & { shape: Shape },
  { keys, optional }: { keys: ReadonlySet<string> | undefined; optional: boolean },
): Value {
  return withShape(
    of,
    [...of.shape].map(([key, one]) => [key, !keys || keys.has(key) ? { ...one, optional } : one]),
  );
}

function keysOf(mask: Value | undefined): ReadonlySet<string> {
  return new Set(mask?.kind === 'object' ? mask.entries.keys() : []);
}
