import type { JsonSchema } from '../../reader.ts';
import type { Call, Machine, Value } from '../../static/value.ts';
import { native, nativeOf, truthOf } from '../../static/value.ts';
import { jsonIn, known, numberIn, written } from '../zod/literals.ts';
import { unionOf, zodMethod } from '../zod/methods.ts';
import { merged } from '../zod/object.ts';
import { also, isZod, jsonOf, marked, schema, schemaIn, type ZodSchema } from '../zod/schema.ts';
import { finished } from './finished.ts';

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
const DATE: JsonSchema = { type: 'string', format: 'date-time', 'x-type': 'date' };

export const FACTORIES: Readonly<Record<string, Factory>> = {
  any: plain({}),
  string: plain({ type: 'string' }),
  number: plain({ type: 'number', 'x-coerce': true }),
  boolean: plain(BOOLEAN),
  bool: plain(BOOLEAN),
  date: plain(DATE),
  binary: plain({ type: 'string' }),
  object: ({ args: [keys] }) => keyed(schema({ type: 'object' }), keys),
  array: plain({ type: 'array' }),
  alternatives: ({ args }) => alternatives(args),
  alt: ({ args }) => alternatives(args),
  compile: ({ args: [of] }) => schemaOf(of),
  symbol: plain({ 'x-unknown': true }),
  function: plain({ 'x-unknown': true }),
  func: plain({ 'x-unknown': true }),
  link: plain({ 'x-unknown': true }),
};

/** What a method makes of a schema; undefined for one that gives no schema. */
export function joiMethod(machine: Machine, of: ZodSchema, call: NamedCall): Value | undefined {
  if (/^(validate|validateAsync|describe|extract)$/.test(call.name)) return undefined;
  return (
    present(of, call) ??
    valued(of, call) ??
    inside(machine, of, call) ??
    ruled(machine, of, call) ??
    native(of)
  );
}

function present(of: ZodSchema, { name, args }: NamedCall): Value | undefined {
  switch (name) {
    case 'required':
    case 'exist':
      return native({ ...of, optional: false });
    case 'optional':
      return native({ ...of, optional: true });
    case 'forbidden':
      return native(schema({ not: {} }, { optional: true }));
    case 'default':
    case 'failover': {
      const json = { ...of.json, ...known({ default: jsonIn(args[0]) }) };
      return native({ ...of, json, optional: true });
    }
    default:
      return undefined;
  }
}

/** Methods that name values. */
function valued(of: ZodSchema, call: NamedCall): Value | undefined {
  const { name, args } = call;
  if (!/^(valid|equal|allow|empty|invalid|disallow|not)$/.test(name)) return undefined;
  const list = args.length === 1 && args[0]?.kind === 'list' ? args[0].items : args;
  const values = list.map(jsonIn);
  if (values.some((value) => value === undefined))
    return marked(of, 'x-refine', `${name}(${written(call)})`);
  const isOnly = name === 'valid' || name === 'equal';
  if (!isOnly && name !== 'allow' && name !== 'empty') return also(of, { not: { enum: values } });
  const before = of.json[isOnly ? 'enum' : 'x-allowed'];
  const kept = Array.isArray(before) && before !== BOOLEAN['enum'] ? before : [];
  return also(of, { [isOnly ? 'enum' : 'x-allowed']: [...kept, ...values] });
}

/** Methods about keys and items. */
function inside(machine: Machine, of: ZodSchema, call: NamedCall): Value | undefined {
  const { name, args } = call;
  const [first, second] = args;
  const { type } = jsonOf(of);
  if (type === 'array' && name === 'items') return also(of, { items: itemsOf(args) });
  if (name === 'try') return native({ ...alternatives(args), optional: of.optional });
  if (name === 'concat') return native(merged(of, schemaIn(first)));
  if (type !== 'object') return undefined;
  switch (name) {
    case 'keys':
    case 'append':
      return native(keyed(of, first));
    case 'unknown':
      return also(of, { additionalProperties: first && truthOf(first) === false ? false : {} });
    case 'pattern':
      return also(of, { additionalProperties: jsonOf(schemaOf(second)) });
    case 'fork':
      return native(forked(machine, of, args));
    case 'min':
      return also(of, known({ minProperties: numberIn(first) }));
    case 'max':
      return also(of, known({ maxProperties: numberIn(first) }));
    default:
      return undefined;
  }
}

/** Joi's names for what Zod's methods do. */
const RENAMED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['min', 'max', 'length', 'positive', 'negative', 'email', 'hostname', 'hex', 'base64'].map(
      (name) => [name, name],
    ),
  ),
  greater: 'gt',
  less: 'lt',
  integer: 'int',
  multiple: 'multipleOf',
  pattern: 'regex',
  regex: 'regex',
  uri: 'url',
  guid: 'uuid',
  uuid: 'uuid',
  ip: 'ip',
  isoDate: 'datetime',
  isoDuration: 'duration',
  trim: 'trim',
  lowercase: 'toLowerCase',
  uppercase: 'toUpperCase',
};

const PATTERNS: Readonly<Record<string, string>> = {
  alphanum: '^[a-zA-Z0-9]+$',
  token: '^[a-zA-Z0-9_]+$',
};

const REFINING =
  /^(custom|external|when|conditional|match|and|nand|or|xor|oxor|with|without|assert|unique|has|ordered|creditCard|domain|dataUri|precision|greater|less|min|max|length|invert)$/;

function ruled(machine: Machine, of: ZodSchema, call: NamedCall): Value | undefined {
  const { name } = call;
  const isDate = of.json['x-type'] === 'date';
  const refined = () => marked(of, 'x-refine', `${name}(${written(call)})`);
  if (isDate && REFINING.test(name)) return refined();
  if (isDate && name === 'timestamp') return native({ ...of, json: { type: 'number' } });
  if (isDate) return undefined;
  if (name === 'port') return also(of, { type: 'integer', minimum: 0, maximum: 65_535 });
  if (/^(options|prefs|preferences)$/.test(name)) return preferring(of, call.args[0]);
  const source = PATTERNS[name];
  if (source !== undefined) {
    const pattern: Value = { kind: 'regex', source, flags: '', origin: null };
    return zodMethod(machine, of, { ...call, name: 'regex', args: [pattern] });
  }
  const renamed = Object.hasOwn(RENAMED, name) ? RENAMED[name] : undefined;
  if (renamed !== undefined) return zodMethod(machine, of, { ...call, name: renamed });
  if (name === 'replace') return marked(of, 'x-transform', `replace(${written(call)})`);
  return REFINING.test(name) ? refined() : undefined;
}

function preferring(of: ZodSchema, options: Value | undefined): Value {
  return letsUnknown(options) ? also(of, { 'x-open': true }) : native(of);
}

function letsUnknown(options: Value | undefined): boolean {
  if (options?.kind !== 'object') return false;
  return ['allowUnknown', 'stripUnknown'].some((key) => {
    const value = options.entries.get(key);
    return value !== undefined && truthOf(value) === true;
  });
}

/** What stands for a schema: one of Joi's, or what it compiles to one. */
function schemaOf(value: Value | undefined): ZodSchema {
  const found = nativeOf(value);
  if (isZod(found)) return finished(found);
  if (value?.kind === 'object') return keyed(schema({ type: 'object' }, { optional: true }), value);
  if (value?.kind === 'list') return { ...alternatives(value.items), optional: true };
  if (value?.kind === 'regex')
    return schema({ type: 'string', pattern: value.source }, { optional: true });
  const json = jsonIn(value);
  return json === undefined ? schemaIn(value) : schema({ enum: [json] }, { optional: true });
}

function keyed(of: ZodSchema, keys: Value | undefined): ZodSchema {
  const found = nativeOf(keys);
  if (isZod(found)) return found;
  if (keys === undefined) return of;
  if (keys.kind !== 'object') return { ...of, json: { ...of.json, 'x-partial': true } };
  const shape = [...keys.entries].map(([key, item]) => [key, schemaOf(item)] as const);
  const { additionalProperties = false } = of.json;
  const open = keys.open.value ? { 'x-partial': true } : {};
  return {
    ...of,
    json: { ...of.json, additionalProperties, ...open },
    shape: new Map([...(of.shape ?? []), ...shape]),
  };
}

/** `fork(['a', 'b'], (key) => key.required())`. */
function forked(machine: Machine, of: ZodSchema, [keys, change]: readonly Value[]): ZodSchema {
  const named = jsonIn(keys);
  const names = Array.isArray(named) ? named : [named];
  if (change?.kind !== 'function') return { ...of, json: { ...of.json, 'x-partial': true } };
  const shape = [...(of.shape ?? [])].map(
    ([key, one]) =>
      [key, names.includes(key) ? schemaOf(machine.invoke(change, [native(one)])) : one] as const,
  );
  return { ...of, shape: new Map(shape) };
}

function itemsOf(args: readonly Value[]): JsonSchema {
  const types = args.flatMap((arg) => (arg.kind === 'list' ? arg.items : [arg])).map(schemaOf);
  const [only] = types;
  return jsonOf(types.length === 1 && only ? only : unionOf(types));
}

function alternatives(args: readonly Value[]): ZodSchema {
  const list = args.flatMap((arg) => (arg.kind === 'list' ? arg.items : [arg]));
  return list.length === 0 ? schema({}) : unionOf(list.map(schemaOf));
}
