import { type BodyValue, refOf, Value } from '../../plan/plan.ts';

/** How an expression reads a row of the state: `state.row('coupon')`. */
export type RowOf = (row: string) => string;

const WIDTH = 76;

/** A planned value as a TypeScript expression; null where only the run knows it (a drawn one). */
export function expressionOf(value: BodyValue, rowOf: RowOf): string | null {
  if (typeof value !== 'object' || value === null) return literal(value);
  if (Array.isArray(value))
    return joined(
      value.map((item) => expressionOf(item, rowOf)),
      '[]',
    );
  const [key, ...more] = Object.keys(value);
  const inner: unknown = key === undefined ? undefined : Reflect.get(value, key);
  if (more.length === 0 && typeof inner === 'string') {
    const ref = refOf(value);
    if (ref) return `${rowOf(ref.row)}${property(ref.column)}`;
    if (key === 'now' && /^-?P/.test(inner)) {
      return `new Date(Date.now() + ${durationMs(inner)}).toISOString()`;
    }
    // The test's database is its own, where values stay as planned.
    if (key === 'unique') return literal(inner);
    if (key === 'fake') return null;
  }
  if (more.length === 0 && key === 'json') return literal(inner);
  if (more.length === 0 && key === 'jsonText') {
    const text = expressionOf(inner as BodyValue, rowOf);
    return text === null ? null : `JSON.stringify(${text})`;
  }
  if (more.length === 0 && key === 'oneOf' && Array.isArray(inner)) return null;
  const fields = Object.entries(value).map(([name, item]) => {
    const text = expressionOf(item as BodyValue, rowOf);
    return text === null ? null : `${field(name)}: ${text}`;
  });
  return joined(fields, '{}');
}

/** Fields of a query, headers, cookies or a form as the texts they are sent as; null where only the run knows one. */
export function textFields(
  values: Readonly<Record<string, BodyValue>>,
  rowOf: RowOf,
): string | null {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  const fields = given.map(([name, value]) => {
    const text = textOf(value, rowOf);
    return text === null ? null : `${field(name)}: ${text}`;
  });
  return joined(fields, '{}');
}

function textOf(value: BodyValue, rowOf: RowOf): string | null {
  if (typeof value !== 'object' || value === null) return quoted(String(value));
  if ('json' in value) {
    const { json } = value;
    return quoted(typeof json === 'object' ? JSON.stringify(json) : String(json));
  }
  const text = expressionOf(value, rowOf);
  if (text === null || 'jsonText' in value) return text;
  if (!Value.safeParse(value).success) return `JSON.stringify(${text})`;
  return refOf(value) ? `String(${text})` : text;
}

/** A JSON value as TypeScript, in single quotes. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return joined(value.map(literal), '[]') ?? '[]';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const fields = Object.entries(value).map(([name, item]) => `${field(name)}: ${literal(item)}`);
  return joined(fields, '{}') ?? '{}';
}

/** Any text as one string literal: no quote, line end or escape of it gets out. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  const safe = inner.replaceAll("'", "\\'").replace(/[\u2028\u2029]/g, escaped);
  return `'${safe}'`;
}

/** Text that is shown in a comment or a line of Markdown: one line, and nothing that ends a comment. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('-->', '-- >')
    .trim();
}

/** `.code`, or `['first name']`. */
export function property(name: string): string {
  return isIdentifier(name) ? `.${name}` : /^\d+$/.test(name) ? `[${name}]` : `[${quoted(name)}]`;
}

/** A template that fills `{order.id}` in a path; `encode` where it goes into a URL. */
export function pathOf(path: string, rowOf: RowOf, encode: boolean): string {
  if (!/\{[^{}.]+\.[^{}]+\}/.test(path)) return quoted(path);
  const parts = path.split(/\{([^{}.]+)\.([^{}]+)\}/);
  const text = parts.map((part, at) => {
    if (at % 3 === 0) return part.replace(/[\\`$]/g, '\\$&').replace(/\p{Cc}/gu, escaped);
    if (at % 3 === 2) return '';
    const value = `${rowOf(part)}${property(parts[at + 1] ?? '')}`;
    return encode ? `\${encodeURIComponent(String(${value}))}` : `\${${value}}`;
  });
  return `\`${text.join('')}\``;
}

/** The milliseconds of an ISO 8601 duration of days, hours, minutes and seconds. */
export function durationMs(duration: string): number {
  const unit = (letter: string) =>
    Number(new RegExp(`([\\d.]+)${letter}`).exec(duration)?.[1] ?? 0);
  const seconds = unit('D') * 86_400 + unit('H') * 3_600 + unit('M') * 60 + unit('S');
  return Math.round(seconds * (duration.startsWith('-') ? -1_000 : 1_000));
}

/** Parts on one line, or one a line where they are too long. */
export function joined(parts: readonly (string | null)[], brackets: '{}' | '[]'): string | null {
  if (parts.includes(null)) return null;
  const [open, close] = brackets;
  if (parts.length === 0) return brackets;
  const space = brackets === '{}' ? ' ' : '';
  const short = `${open}${space}${parts.join(', ')}${space}${close}`;
  if (short.length <= WIDTH && !short.includes('\n')) return short;
  return `${open}\n${parts.map((part) => indented(`${part},`)).join('\n')}\n${close}`;
}

export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

function field(name: string): string {
  return isIdentifier(name) ? name : name === '__proto__' ? "['__proto__']" : quoted(name);
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__';
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
