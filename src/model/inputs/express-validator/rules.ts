import type { JsonSchema } from '../../reader.ts';
import { literalOf, type Value } from '../../trace/values.ts';

/** One method of a chain as it was called. */
export interface Rule {
  readonly name: string;
  readonly args: readonly Value[];
}

/** Where what a chain found is kept, before the part and the field. */
export const FOUND = 'validated:';

/** What a chain's rules ask of a value, and whether it must be there. */
export function schemaOf(rules: readonly Rule[]): { schema: JsonSchema; required: boolean } {
  let schema: JsonSchema = {};
  let negated = false;
  for (const { name, args } of rules) {
    if (name === 'not') negated = true;
    else {
      schema = { ...schema, ...(negated ? refused(name) : asked(name, args)) };
      negated = false;
    }
  }
  const optional = rules.some(({ name }) => name === 'optional');
  return { schema, required: !optional && Object.keys(schema).length > 0 };
}

function refused(name: string): JsonSchema {
  if (name === 'isEmpty') return { type: 'string', minLength: 1 };
  return SANITIZERS.test(name) ? {} : { 'x-refine': [`not ${name}`] };
}

const SANITIZERS =
  /^(to\w+|trim|ltrim|rtrim|escape|unescape|normalizeEmail|stripLow|whitelist|blacklist|default|replace|customSanitizer|withMessage|bail|if|optional|hide|custom)$/;

function asked(name: string, args: readonly Value[]): JsonSchema {
  const [first] = args;
  const simple = SIMPLE[name];
  if (simple) return simple;
  const limit = (key: string) => limitIn(first, key);
  switch (name) {
    case 'isLength':
      return { type: 'string', ...defined({ minLength: limit('min'), maxLength: limit('max') }) };
    case 'isInt':
      return { type: 'integer', ...defined({ minimum: limit('min'), maximum: limit('max') }) };
    case 'isFloat':
      return { type: 'number', ...defined({ minimum: limit('min'), maximum: limit('max') }) };
    case 'isArray':
      return { type: 'array', ...defined({ minItems: limit('min'), maxItems: limit('max') }) };
    case 'isIn':
      return valuesIn(first);
    case 'equals': {
      const only = first && literalOf(first);
      return only === undefined ? { 'x-refine': ['equals'] } : { const: only };
    }
    default:
      return SANITIZERS.test(name) ? {} : { 'x-refine': [name] };
  }
}

const SIMPLE: Readonly<Record<string, JsonSchema>> = {
  exists: {},
  notEmpty: { type: 'string', minLength: 1 },
  isString: { type: 'string' },
  isEmail: { type: 'string', format: 'email' },
  isURL: { type: 'string', format: 'uri' },
  isUUID: { type: 'string', format: 'uuid' },
  isISO8601: { type: 'string', format: 'date' },
  isDate: { type: 'string', format: 'date' },
  isNumeric: { type: 'number' },
  isDecimal: { type: 'number' },
  isBoolean: { type: 'boolean' },
  isObject: { type: 'object' },
  isAlpha: { type: 'string', pattern: '^[A-Za-z]+$' },
  isAlphanumeric: { type: 'string', pattern: '^[0-9A-Za-z]+$' },
  isHexColor: { type: 'string', pattern: '^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$' },
};

function limitIn(options: Value | undefined, key: string): number | undefined {
  const found = options?.kind === 'object' ? literalOf(options.fields.value.get(key)) : undefined;
  return typeof found === 'number' ? found : undefined;
}

function valuesIn(list: Value | undefined): JsonSchema {
  const items = list?.kind === 'array' ? list.items.value.map(({ value }) => literalOf(value)) : [];
  const known = items.every((item) => item !== undefined) && items.length > 0;
  return known ? { enum: items } : { 'x-refine': ['isIn'] };
}

function defined(limits: Readonly<Record<string, number | undefined>>): JsonSchema {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
