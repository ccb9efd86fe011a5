import type { JsonSchema } from '../../reader.ts';
import type { Value } from '../../static/value.ts';
import { entryOf } from '../../static/value.ts';

type Keywords = (args: readonly Value[]) => JsonSchema;

const text = (more: JsonSchema = {}): JsonSchema => ({ type: 'string', ...more });

const PLAIN: Readonly<Record<string, JsonSchema>> = {
  IsString: text(),
  IsInt: { type: 'integer' },
  IsBoolean: { type: 'boolean' },
  IsArray: { type: 'array' },
  IsObject: { type: 'object' },
  IsNotEmptyObject: { type: 'object' },
  IsDate: text({ format: 'date-time', 'x-type': 'date' }),
  IsDateString: text({ format: 'date-time' }),
  IsISO8601: text({ format: 'date-time' }),
  IsRFC3339: text({ format: 'date-time' }),
  IsEmail: text({ format: 'email' }),
  IsUUID: text({ format: 'uuid' }),
  IsUrl: text({ format: 'uri' }),
  IsFQDN: text({ format: 'hostname' }),
  IsIP: text({ format: 'ipv4' }),
  IsNotEmpty: { minLength: 1 },
  IsPositive: { type: 'number', exclusiveMinimum: 0 },
  IsNegative: { type: 'number', exclusiveMaximum: 0 },
  IsLatitude: { minimum: -90, maximum: 90 },
  IsLongitude: { minimum: -180, maximum: 180 },
  IsNumberString: text({ pattern: '^[+-]?([0-9]*[.])?[0-9]+$' }),
  IsDecimal: text({ pattern: '^[-+]?[0-9]+(\\.[0-9]+)?$' }),
  IsBooleanString: text({ enum: ['true', 'false', '1', '0'] }),
  IsAlpha: text({ pattern: '^[A-Za-z]+$' }),
  IsAlphanumeric: text({ pattern: '^[0-9A-Za-z]+$' }),
  IsLowercase: text({ pattern: '^[^A-Z]*$' }),
  IsUppercase: text({ pattern: '^[^a-z]*$' }),
  IsHexColor: text({ pattern: '^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$' }),
  IsHexadecimal: text({ pattern: '^(0x|0h)?[0-9A-Fa-f]+$' }),
  IsMongoId: text({ pattern: '^[0-9a-fA-F]{24}$' }),
  IsPhoneNumber: text({ pattern: '^\\+[1-9]\\d{6,14}$' }),
  IsMobilePhone: text({ pattern: '^\\+[1-9]\\d{6,14}$' }),
  IsMilitaryTime: text({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
  IsSemVer: text({ pattern: '^\\d+\\.\\d+\\.\\d+$' }),
  IsJWT: text({ pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*$' }),
  IsISO31661Alpha2: text({ pattern: '^[A-Z]{2}$' }),
  IsISO31661Alpha3: text({ pattern: '^[A-Z]{3}$' }),
  IsISO4217CurrencyCode: text({ enum: ['EUR', 'USD', 'GBP', 'JPY', 'CHF'] }),
  IsStrongPassword: text({
    minLength: 8,
    pattern: '^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d)(?=.*[^A-Za-z0-9]).*$',
  }),
  ArrayNotEmpty: { type: 'array', minItems: 1 },
  ArrayUnique: { type: 'array', uniqueItems: true },
};

const WITH: Readonly<Record<string, Keywords>> = {
  IsNumber: ([options]) => {
    const places = numberIn(entryOf(options, 'maxDecimalPlaces'));
    const step = places === undefined ? {} : { multipleOf: places === 0 ? 1 : 10 ** -places };
    return { type: 'number', ...step };
  },
  Min: ([least]) => some({ minimum: numberIn(least) }),
  Max: ([most]) => some({ maximum: numberIn(most) }),
  IsDivisibleBy: ([step]) => some({ multipleOf: numberIn(step) }),
  MinLength: ([least]) => text(some({ minLength: numberIn(least) })),
  MaxLength: ([most]) => text(some({ maxLength: numberIn(most) })),
  Length: ([least, most]) => text(some({ minLength: numberIn(least), maxLength: numberIn(most) })),
  ArrayMinSize: ([least]) => ({ type: 'array', ...some({ minItems: numberIn(least) }) }),
  ArrayMaxSize: ([most]) => ({ type: 'array', ...some({ maxItems: numberIn(most) }) }),
  Matches: ([pattern]) => text(matching(pattern)),
  Contains: ([part]) =>
    part?.kind === 'literal' ? text({ pattern: escaped(String(part.value)) }) : text(),
  IsIn: ([words]) => some({ enum: wordsIn(words) }),
  IsEnum: ([words]) => some({ enum: wordsIn(words) }),
  Equals: ([value]) => (value?.kind === 'literal' ? { const: value.value } : {}),
  IsISO8601: () => text({ format: 'date-time' }),
};

/** What a validator demands in JSON Schema's words; undefined where it has none for it. */
export function keywordsOf(name: string, args: readonly Value[]): JsonSchema | undefined {
  const make = Object.hasOwn(WITH, name) ? WITH[name] : undefined;
  if (make) return make(args);
  return Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
}

function some(keywords: { readonly [key: string]: unknown }): JsonSchema {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
}

function numberIn(value: Value | undefined): number | undefined {
  return value?.kind === 'literal' && typeof value.value === 'number' ? value.value : undefined;
}

/** A list's literals, an enum's values, or what `Object.values` made of one. */
function wordsIn(value: Value | undefined): unknown[] | undefined {
  const all =
    value?.kind === 'list'
      ? value.items
      : value?.kind === 'object'
        ? [...value.entries.values()]
        : [];
  const words = all.flatMap((each) => (each.kind === 'literal' ? [each.value] : []));
  return words.length > 0 ? words : undefined;
}

function matching(value: Value | undefined): JsonSchema {
  if (value?.kind === 'regex') {
    const source = value.flags.includes('i')
      ? value.source.replace(/a-z(?!A-Z)/g, 'a-zA-Z').replace(/(?<!a-z)A-Z/g, 'a-zA-Z')
      : value.source;
    return { pattern: source };
  }
  return value?.kind === 'literal' ? { pattern: String(value.value) } : {};
}

function escaped(part: string): string {
  return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
