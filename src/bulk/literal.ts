import type { SqlType } from '../db/db.ts';
import type { Draw } from '../kernel/draw.ts';

export type Types = ReadonlyMap<number, SqlType>;

/** A type where it is used. */
export interface Typed {
  readonly type: number;
  readonly typmod: number;
}

/** A type's value as PostgreSQL reads it in; null where nothing is known of the type. */
export function literalOf(typed: Typed, types: Types, draw: Draw): string | null {
  const samples = types.get(typed.type)?.samples;
  if (samples && samples.length > 0) return draw.pick(samples);
  const { base, typmod } = baseOf(typed, types);
  if (base.array) return arrayOf({ type: base.element, typmod }, types, draw);
  switch (base.kind) {
    case 'e':
      return draw.pick(base.labels ?? []);
    case 'c':
      return compositeOf(base, types, { draw });
    case 'r':
      return rangeOf(base, types, draw);
    case 'm':
      return `{${rangeOf(base, types, draw)}}`;
    default:
      return PLAIN[base.name]?.(draw, typmod) ?? null;
  }
}

/** Follows domains to what they are over; a typmod met on the way is the one that counts. */
export function baseOf(typed: Typed, types: Types): { base: SqlType; typmod: number } {
  let base = types.get(typed.type);
  let typmod = typed.typmod;
  while (base?.kind === 'd') {
    if (typmod < 0) typmod = base.typmod;
    base = types.get(base.of ?? 0);
  }
  if (!base) throw new RangeError(`No type ${typed.type}.`);
  return { base, typmod };
}

/** The greatest length of a text type, null where it has none. */
export function lengthOf(typed: Typed, types: Types): number | null {
  const { base, typmod } = baseOf(typed, types);
  if (base.name === 'name') return 63;
  return /^(varchar|bpchar)$/.test(base.name) && typmod > 4 ? typmod - 4 : null;
}

/** The digits before the point and after it that a numeric has room for. */
export function scaleOf(typmod: number): { whole: number; scale: number } {
  if (typmod < 4) return { whole: 9, scale: 2 };
  const packed = typmod - 4;
  const scale = ((packed & 0x7ff) ^ 1024) - 1024;
  return { whole: (packed >> 16) - scale, scale };
}

/** One element of an array as it stands between braces. */
export function quoteElement(text: string | null): string {
  return text === null ? 'NULL' : `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function arrayOf(element: Typed, types: Types, draw: Draw): string {
  const items = Array.from({ length: 1 + draw.int(4) }, () => literalOf(element, types, draw));
  return `{${items.map(quoteElement).join(baseOf(element, types).base.name === 'box' ? ';' : ',')}}`;
}

/** `missing` says of each field whether it has no value; all have one without it. */
export function compositeOf(
  { fields }: SqlType,
  types: Types,
  { draw, missing = () => false }: { draw: Draw; missing?: () => boolean },
): string {
  const items = (fields ?? []).map((field) => {
    const needed = types.get(field.type)?.notNull ?? false;
    return !needed && missing() ? null : literalOf(field, types, draw);
  });
  return `(${items.map((item) => (item === null ? '' : `"${item.replace(/[\\"]/g, '\\$&')}"`)).join(',')})`;
}

/** Both bounds are of one width apart at least, and sorted as numbers or dates sort; other types have one bound. */
function rangeOf({ of }: SqlType, types: Types, draw: Draw): string {
  const { base } = baseOf({ type: of ?? 0, typmod: -1 }, types);
  if (/^(date|timestamp)/.test(base.name)) {
    const start = draw.int(700);
    return `["${dateText(start)}","${dateText(start + 1 + draw.int(30))}")`;
  }
  if (!/^(int|numeric|float)/.test(base.name)) {
    const start = literalOf({ type: of ?? 0, typmod: -1 }, types, draw);
    return start === null ? '(,)' : `[${quoteElement(start)},)`;
  }
  const low = draw.int(1000);
  return `[${low},${low + 1 + draw.int(100)})`;
}

/** Days count from the first of 2024: values don't depend on when they are made. */
export function dateText(day: number): string {
  return new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
}

const two = (value: number) => String(value).padStart(2, '0');
const clock = (draw: Draw) => `${two(draw.int(24))}:${two(draw.int(60))}:${two(draw.int(60))}`;
const point = (draw: Draw) => `(${draw.int(1000) / 10},${draw.int(1000) / 10})`;
const mac = (draw: Draw, bytes: number) =>
  Array.from({ length: bytes }, (_, at) => (at === 0 ? '02' : draw.hex(2))).join(':');
const word = (draw: Draw) =>
  draw.pick([
    'amber',
    'birch',
    'cedar',
    'delta',
    'ember',
    'fjord',
    'grove',
    'heron',
    'iris',
    'juno',
  ]);
const bits = (draw: Draw, count: number) =>
  Array.from({ length: count }, () => draw.int(2)).join('');
const text = (draw: Draw) => `${word(draw)} ${word(draw)}`;

export function uuidText(hex: string): string {
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function numericText(draw: Draw, typmod: number): string {
  const { whole, scale } = scaleOf(typmod);
  const integer = draw.int(10 ** Math.max(0, Math.min(4, whole)));
  if (scale <= 0) return String(integer * 10 ** Math.min(2, -scale));
  return `${integer}.${String(draw.int(10 ** Math.min(scale, 6))).padStart(Math.min(scale, 6), '0')}`;
}

const PLAIN: Readonly<Record<string, (draw: Draw, typmod: number) => string>> = {
  bool: (draw) => (draw.int(2) === 1 ? 't' : 'f'),
  int2: (draw) => String(1 + draw.int(1000)),
  int4: (draw) => String(1 + draw.int(1000)),
  int8: (draw) => String(1 + draw.int(100_000)),
  numeric: numericText,
  float4: (draw) => String(draw.int(100_000) / 100),
  float8: (draw) => String(draw.int(1_000_000) / 1000),
  money: (draw) => `${draw.int(1000)}.${two(draw.int(100))}`,
  text: (draw) => text(draw),
  varchar: (draw, typmod) => text(draw).slice(0, typmod > 4 ? typmod - 4 : 99),
  bpchar: (draw, typmod) => text(draw).slice(0, typmod > 4 ? typmod - 4 : 1),
  citext: text,
  name: (draw) => word(draw),
  char: (draw) => draw.pick(['a', 'b', 'c', 'd']),
  bytea: (draw) => `\\x${draw.hex(32)}`,
  date: (draw) => dateText(draw.int(700)),
  time: clock,
  timetz: (draw) => `${clock(draw)}+00`,
  timestamp: (draw) => `${dateText(draw.int(700))} ${clock(draw)}`,
  timestamptz: (draw) => `${dateText(draw.int(700))} ${clock(draw)}+00`,
  interval: (draw) => `${1 + draw.int(30)} days ${draw.int(24)} hours`,
  bit: (draw, typmod) => bits(draw, Math.max(1, typmod)),
  varbit: (draw, typmod) => bits(draw, 1 + draw.int(typmod > 0 ? typmod : 8)),
  uuid: (draw) => uuidText(draw.hex(32)),
  inet: (draw) => `192.0.2.${draw.int(256)}`,
  cidr: (draw) => `10.${draw.int(256)}.${draw.int(256)}.0/24`,
  macaddr: (draw) => mac(draw, 6),
  macaddr8: (draw) => mac(draw, 8),
  json: (draw) => JSON.stringify({ [word(draw)]: draw.int(100) }),
  jsonb: (draw) => JSON.stringify({ [word(draw)]: draw.int(100) }),
  jsonpath: (draw) => `$."${word(draw)}"`,
  xml: (draw) => `<note>${word(draw)}</note>`,
  tsvector: (draw) => `'${word(draw)}' '${word(draw)}'`,
  tsquery: (draw) => `'${word(draw)}' & '${word(draw)}'`,
  point,
  line: (draw) => `{1,${1 + draw.int(9)},${draw.int(10)}}`,
  lseg: (draw) => `[${point(draw)},${point(draw)}]`,
  box: (draw) => `${point(draw)},${point(draw)}`,
  path: (draw) => `[${point(draw)},${point(draw)}]`,
  polygon: (draw) => `(${point(draw)},${point(draw)},${point(draw)})`,
  circle: (draw) => `<${point(draw)},${1 + draw.int(9)}>`,
  hstore: (draw) => `"${word(draw)}"=>"${word(draw)}"`,
  ltree: (draw) => `${word(draw)}.${word(draw)}`,
  lquery: (draw) => `${word(draw)}.*`,
  oid: (draw) => String(1 + draw.int(100_000)),
  pg_lsn: (draw) => `${draw.int(16).toString(16).toUpperCase()}/${draw.hex(6).toUpperCase()}`,
  regclass: () => 'pg_class',
  regtype: () => 'text',
  regproc: () => 'now',
};
