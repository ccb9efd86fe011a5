import type { JsonSchema } from '../../reader.ts';
import type { Call, Machine, Value } from '../../static/value.ts';
import { native, nativeOf, truthOf } from '../../static/value.ts';
import { jsonIn, written } from '../zod/literals.ts';
import { zodMethod } from '../zod/methods.ts';
import { merged } from '../zod/object.ts';
import type { ZodSchema } from '../zod/schema.ts';
import { also, isZod, jsonOf, marked, nullable, schema, schemaIn } from '../zod/schema.ts';

type NamedCall = Call & { readonly name: string };
type Factory = (call: Call) => ZodSchema;

const plain =
  (json: JsonSchema): Factory =>
  () =>
    schema(json);

/** Booleans come as themselves or as the words for them. */
const BOOLEAN: JsonSchema = {
  type: ['boolean', 'string'],
  enum: [true, false, 'true', 'false'],
};

export const FACTORIES: Readonly<Record<string, Factory>> = {
  mixed: plain({}),
  string: plain({ type: 'string', 'x-coerce': true }),
  number: plain({ type: 'number', 'x-coerce': true }),
  boolean: plain(BOOLEAN),
  bool: plain(BOOLEAN),
  date: plain({ type: 'string', format: 'date-time', 'x-type': 'date' }),
  array: ({ args: [of] }) =>
    schema({ type: 'array', ...(of ? { items: jsonOf(schemaOf(of)) } : {}) }),
  object: ({ args: [fields] }) => shaped(schema({ type: 'object' }), fields),
  lazy: plain({ 'x-unknown': true }),
  tuple: plain({ type: 'array', 'x-refine': ['tuple'] }),
};

/** What a method makes of a schema; undefined for one that gives no schema. */
export function yupMethod(machine: Machine, of: ZodSchema, call: NamedCall): Value | undefined {
  if (/^(validate|isValid|cast|describe)/.test(call.name)) return undefined;
  return present(of, call) ?? inside(of, call) ?? ruled(machine, of, call) ?? native(of);
}

/** A schema with what is known of it at its end: whether null is taken. */
export function finished(of: ZodSchema): ZodSchema {
  const { 'x-nullable': isNullable, ...json } = of.json;
  const made = { ...of, json };
  return isNullable ? nullable(made) : { ...made, optional: of.optional && !needsKeys(of) };
}

/** An object nobody sends is one of its fields' defaults: it needs what they need. */
function needsKeys({ shape, json }: ZodSchema): boolean {
  return !('default' in json) && [...(shape?.values() ?? [])].some((field) => !field.optional);
}

function present(of: ZodSchema, { name, args }: NamedCall): Value | undefined {
  const { 'x-nullable': _, ...json } = of.json;
  const never = { ...of, json };
  const always = { ...of, json: { ...json, 'x-nullable': true } };
  switch (name) {
    case 'required':
      return native({ ...filled(never), optional: json['default'] !== undefined });
    case 'defined':
      return native({ ...of, optional: json['default'] !== undefined });
    case 'optional':
      return native({ ...of, optional: true });
    case 'notRequired':
    case 'nullish':
      return native({ ...always, optional: true });
    case 'nullable':
      return native(args[0] && truthOf(args[0]) === false ? never : always);
    case 'nonNullable':
      return native(never);
    case 'default':
      return native({
        ...of,
        json: { ...of.json, default: jsonIn(args[0]) },
        optional: true,
      });
    default:
      return undefined;
  }
}

/** A text that is required is not empty. */
function filled(of: ZodSchema): ZodSchema {
  const { type, minLength, 'x-type': kind } = of.json;
  if (type !== 'string' || kind !== undefined || typeof minLength === 'number') return of;
  return { ...of, json: { ...of.json, minLength: 1 } };
}

/** Methods about keys, items and values. */
function inside(of: ZodSchema, call: NamedCall): Value | undefined {
  const { name, args } = call;
  const [first] = args;
  const keys = jsonIn(first);
  const isNamed = (key: string) => Array.isArray(keys) && keys.includes(key);
  switch (name) {
    case 'shape':
      return native(shaped(of, first));
    case 'pick':
      return native(only(of, isNamed));
    case 'omit':
      return native(only(of, (key) => !isNamed(key)));
    case 'partial':
      return native(each(of, (field) => ({ ...field, optional: true })));
    case 'exact':
      return also(of, { additionalProperties: false });
    case 'concat':
      return native(merged(of, schemaIn(first)));
    case 'of':
      return also(of, { items: jsonOf(schemaOf(first)) });
    case 'oneOf':
    case 'equals':
      return Array.isArray(keys) ? also(of, { enum: keys }) : refined(of, call);
    case 'notOneOf':
      return Array.isArray(keys) ? also(of, { not: { enum: keys } }) : refined(of, call);
    case 'isTrue':
      return also(of, { enum: [true, 'true'] });
    case 'isFalse':
      return also(of, { enum: [false, 'false'] });
    default:
      return undefined;
  }
}

/** yup's names for what Zod's methods do. */
const RENAMED: Readonly<Record<string, string>> = {
  min: 'min',
  max: 'max',
  length: 'length',
  positive: 'positive',
  negative: 'negative',
  email: 'email',
  url: 'url',
  uuid: 'uuid',
  datetime: 'datetime',
  moreThan: 'gt',
  lessThan: 'lt',
  integer: 'int',
  matches: 'regex',
  trim: 'trim',
  lowercase: 'toLowerCase',
  uppercase: 'toUpperCase',
};

function ruled(machine: Machine, of: ZodSchema, call: NamedCall): Value | undefined {
  const { name } = call;
  if (name === 'transform') return marked(of, 'x-transform', written(call));
  if (/^(test|when)$/.test(name)) return refined(of, call);
  if (of.json['x-type'] === 'date') return /^(min|max)$/.test(name) ? refined(of, call) : undefined;
  const renamed = Object.hasOwn(RENAMED, name) ? RENAMED[name] : undefined;
  return renamed === undefined ? undefined : zodMethod(machine, of, { ...call, name: renamed });
}

function refined(of: ZodSchema, call: NamedCall): Value {
  return marked(of, 'x-refine', `${call.name}(${written(call)})`);
}

function schemaOf(value: Value | undefined): ZodSchema {
  const found = nativeOf(value);
  return isZod(found) ? finished(found) : schemaIn(value);
}

function shaped(of: ZodSchema, fields: Value | undefined): ZodSchema {
  if (fields === undefined) return of;
  if (fields.kind !== 'object') return { ...of, json: { ...of.json, 'x-partial': true } };
  const own = [...fields.entries].map(([key, item]) => [key, schemaOf(item)] as const);
  const open = fields.open.value ? { 'x-partial': true } : {};
  const shape = new Map([...(of.shape ?? []), ...own]);
  return { ...of, json: { ...of.json, ...open }, shape };
}

function only(of: ZodSchema, keep: (key: string) => boolean): ZodSchema {
  return { ...of, shape: new Map([...(of.shape ?? [])].filter(([key]) => keep(key))) };
}

function each(of: ZodSchema, change: (field: ZodSchema) => ZodSchema): ZodSchema {
  const fields = [...(of.shape ?? [])].map(([key, field]) => [key, change(field)] as const);
  return { ...of, shape: new Map(fields) };
}
