import type { Call, Machine, Value } from '../../static/value.ts';
import { list, literal, native, object } from '../../static/value.ts';
import { flagOf } from './flag.ts';
import { jsonIn, known, numberIn, written } from './literals.ts';
import { numberMethod } from './number.ts';
import { isObject, merged, objectMethod } from './object.ts';
import { refusedNumbers } from './refused.ts';
import { also, jsonOf, marked, nullable, schema, schemaIn, type ZodSchema } from './schema.ts';
import { textMethod } from './text.ts';

type NamedCall = Call & { readonly name: string };

/** What a method makes of a schema; undefined for one that gives no schema (`parse`, `safeParse`). */
export function zodMethod(machine: Machine, of: ZodSchema, call: NamedCall): Value | undefined {
  return wrapping(of, call) ?? typed(of, call) ?? marking(machine, of, call);
}

/** What code reads off a schema: a shape, the options of an enum, what an array holds. */
export function zodProperty(of: ZodSchema, name: string): Value | undefined {
  if (name === 'shape' && of.shape) {
    return object([...of.shape].map(([key, one]) => [key, native(one)]));
  }
  if (name === 'element' && of.inner) return native(of.inner);
  const options = of.json['enum'];
  if (!Array.isArray(options)) return undefined;
  const texts = options.map(String);
  if (name === 'options') return list(texts.map((text) => literal(text)));
  const isEnum = name === 'enum' || name === 'Enum' || name === 'Values';
  return isEnum ? object(texts.map((text) => [text, literal(text)])) : undefined;
}

function wrapping(of: ZodSchema, { name, args }: NamedCall): Value | undefined {
  const [first] = args;
  switch (name) {
    case 'optional':
    case 'exactOptional':
      return native({ ...of, optional: true, inner: of });
    case 'nullish':
      return native({ ...nullable(of), optional: true, inner: of });
    case 'nullable':
      return native({ ...nullable(of), inner: of });
    case 'default':
    case 'prefault':
      return native({
        ...of,
        optional: true,
        inner: of,
        json: { ...of.json, ...defaultOf(first) },
      });
    case 'catch':
      return native(schema({ ...defaultOf(first), 'x-catch': jsonOf(of) }, { optional: true }));
    case 'array':
      return native(arrayOf(of));
    case 'or':
      return native(unionOf([of, schemaIn(first)]));
    case 'unwrap':
    case 'removeDefault':
      return of.inner ? native(of.inner) : undefined;
    case 'nonoptional':
      return native({ ...of, optional: false });
    case 'extract':
      return also(of, { enum: jsonIn(first) });
    case 'exclude':
      return also(of, { enum: without(of.json['enum'], jsonIn(first)) });
    default:
      return undefined;
  }
}

function typed(of: ZodSchema, call: NamedCall): Value | undefined {
  if (isObject(of)) return objectMethod(of, call);
  if (call.name === 'and') return native(merged(of, schemaIn(call.args[0])));
  const { type } = of.json;
  const types = Array.isArray(type) ? type : [type];
  if (types.includes('array')) return arrayMethod(of, call);
  if (types.includes('number') || types.includes('integer')) return numberMethod(of, call);
  return types.includes('string') ? textMethod(of, call) : undefined;
}

function marking(machine: Machine, of: ZodSchema, call: NamedCall): Value | undefined {
  switch (call.name) {
    case 'refine':
    case 'superRefine':
    case 'check':
    case 'refinement':
      return marked(refined(machine, of, call), 'x-refine', written(call));
    case 'transform':
    case 'overwrite': {
      const flag = flagOf(machine, of, call);
      const plain = flag ? { ...of, json: { ...of.json, 'x-flag': flag } } : of;
      return marked(plain, 'x-transform', written(call));
    }
    case 'pipe':
      return also(of, { 'x-pipe': jsonOf(schemaIn(call.args[0])) });
    case 'parse':
    case 'parseAsync':
    case 'safeParse':
    case 'safeParseAsync':
    case 'spa':
    case 'isOptional':
    case 'isNullable':
      return undefined;
    default:
      return native(of);
  }
}

function refined(machine: Machine, of: ZodSchema, call: NamedCall): ZodSchema {
  const numeric = of.json['type'] === 'integer' || of.json['type'] === 'number';
  const refused = call.name === 'refine' && numeric ? refusedNumbers(machine, call) : [];
  return refused.length > 0 ? { ...of, json: { ...of.json, not: { enum: refused } } } : of;
}

function arrayMethod(of: ZodSchema, { name, args }: NamedCall): Value | undefined {
  const size = numberIn(args[0]);
  switch (name) {
    case 'min':
      return also(of, known({ minItems: size }));
    case 'max':
      return also(of, known({ maxItems: size }));
    case 'length':
      return also(of, known({ minItems: size, maxItems: size }));
    case 'nonempty':
      return also(of, { minItems: 1 });
    default:
      return undefined;
  }
}

export function arrayOf(item: ZodSchema): ZodSchema {
  return schema({ type: 'array', items: jsonOf(item) }, { inner: item });
}

/** A union; one of literals alone is an enum. */
export function unionOf(options: readonly ZodSchema[]): ZodSchema {
  const optional = options.some((one) => one.optional);
  const values = options.map(({ json }) => ('const' in json ? [json['const']] : json['enum']));
  if (values.every(Array.isArray) && options.length > 0) {
    return schema({ enum: values.flat() }, { optional });
  }
  return schema({ anyOf: options.map(jsonOf) }, { optional });
}

function defaultOf(value: Value | undefined): { [key: string]: unknown } {
  return known({ default: jsonIn(value) });
}

function without(options: unknown, gone: unknown): unknown {
  if (!Array.isArray(options) || !Array.isArray(gone)) return options;
  return options.filter((option) => !gone.includes(option));
}
