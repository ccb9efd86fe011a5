import type { JsonSchema } from '../../reader.ts';
import type { Call, Value } from '../../static/value.ts';
import { entryOf, textOf } from '../../static/value.ts';
import { known, numberIn } from './literals.ts';
import { also, marked, type ZodSchema } from './schema.ts';

/** Formats by the name of their function (`z.email()`) and method (`z.string().email()`). */
const FORMATS: Readonly<Record<string, JsonSchema>> = {
  email: { format: 'email' },
  uuid: { format: 'uuid' },
  uuidv4: { format: 'uuid' },
  uuidv6: { format: 'uuid' },
  uuidv7: { format: 'uuid' },
  guid: { format: 'uuid' },
  url: { format: 'uri' },
  httpUrl: { format: 'uri' },
  datetime: { format: 'date-time' },
  date: { format: 'date' },
  time: { format: 'time' },
  duration: { format: 'duration' },
  ip: { format: 'ipv4' },
  ipv4: { format: 'ipv4' },
  ipv6: { format: 'ipv6' },
  hostname: { format: 'hostname' },
  cidrv4: { pattern: '^(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}$' },
  cuid: { pattern: '^[cC][0-9a-z]{8,}$' },
  cuid2: { pattern: '^[0-9a-z]+$' },
  ulid: { pattern: '^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{26}$' },
  nanoid: { pattern: '^[a-zA-Z0-9_-]{21}$' },
  ksuid: { pattern: '^[A-Za-z0-9]{27}$' },
  xid: { pattern: '^[0-9a-vA-V]{20}$' },
  base64: { pattern: '^([0-9a-zA-Z+/]{4})*(([0-9a-zA-Z+/]{2}==)|([0-9a-zA-Z+/]{3}=))?$' },
  base64url: { pattern: '^[A-Za-z0-9_-]*$' },
  jwt: { pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*$' },
  e164: { pattern: '^\\+[1-9]\\d{6,14}$' },
  hex: { pattern: '^[0-9a-fA-F]*$' },
  emoji: { pattern: '^\\p{Emoji}+$' },
  lowercase: { pattern: '^[^A-Z]*$' },
  uppercase: { pattern: '^[^a-z]*$' },
};

/** The keywords of a text format; undefined for a name that is none. */
export function formatOf(name: string, args: readonly Value[]): JsonSchema | undefined {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (name !== 'datetime' || !format) return format;
  const flag = (key: string) => {
    const value = entryOf(args[0], key);
    return value?.kind === 'literal' && value.value === true ? { [`x-${key}`]: true } : {};
  };
  return { ...format, ...flag('offset'), ...flag('local') };
}

/** A method of a text schema; undefined for one that is not about texts. */
export function textMethod(
  of: ZodSchema,
  { name, args }: Call & { name: string },
): Value | undefined {
  const [first] = args;
  const length = numberIn(first);
  switch (name) {
    case 'min':
      return also(of, known({ minLength: length }));
    case 'max':
      return also(of, known({ maxLength: length }));
    case 'length':
      return also(of, known({ minLength: length, maxLength: length }));
    case 'nonempty':
      return also(of, { minLength: 1 });
    case 'regex':
      return first?.kind === 'regex'
        ? matching(of, patternOf(first.source, first.flags))
        : undefined;
    case 'startsWith':
      return affix(of, first, (text) => `^${text}`);
    case 'endsWith':
      return affix(of, first, (text) => `${text}$`);
    case 'includes':
      return affix(of, first, (text) => text);
    case 'trim':
    case 'toLowerCase':
    case 'toUpperCase':
    case 'normalize':
    case 'slugify':
      return marked(of, 'x-transform', name);
    default: {
      const format = formatOf(name, args);
      return (
        format && ('pattern' in format ? matching(of, String(format['pattern'])) : also(of, format))
      );
    }
  }
}

/** JSON Schema has one `pattern` to a schema: a second one stands in `allOf`. */
function matching(of: ZodSchema, pattern: string): Value {
  if (!('pattern' in of.json)) return also(of, { pattern });
  const before = of.json['allOf'];
  return also(of, { allOf: [...(Array.isArray(before) ? before : []), { pattern }] });
}

/** JSON Schema knows no flags: `i` is written out, letter by letter. */
function patternOf(source: string, flags: string): string {
  if (!flags.includes('i')) return source;
  return source.replace(/\\.|\[[^\]]*\]|[a-zA-Z]/g, (part) => {
    if (part.startsWith('\\')) return part;
    if (!part.startsWith('[')) return `[${part.toLowerCase()}${part.toUpperCase()}]`;
    return part.replaceAll('a-z', 'a-zA-Z').replaceAll(/A-Z(?=.*A-Z)/g, '');
  });
}

function affix(
  of: ZodSchema,
  value: Value | undefined,
  pattern: (text: string) => string,
): Value | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  return matching(of, pattern(text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')));
}
