import type { Json } from '../kernel/digest.ts';
import { refOf, type Then, type Value } from '../plan/plan.ts';
import { squeeze } from './visible-text.ts';

/** What came back, as far as a plan can expect it. */
export interface Observed {
  readonly status: number | null;
  readonly body: Json;
  readonly location: string | null;
  readonly text: string | null;
}

/** `path` is `status`, `location`, `text`, or `body.` and the dotted path into the answer. */
export interface Difference {
  readonly path: string;
  readonly expected: Json;
  readonly observed: Json;
}

/** What values in an expectation stand for: the columns of the plan's rows, and the instant of the request. */
export interface Known {
  readonly refs: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly now: Date;
}

/** How far an instant may lie from the one expected. */
const INSTANT_TOLERANCE_MS = 120_000;

/** The ways the answer differs from the expectation; none means it is the intended ending. */
export function compare(then: Then, observed: Observed, known: Known): readonly Difference[] {
  const differences: Difference[] = [];
  const differ = (path: string, expected: Json, actual: Json) =>
    void differences.push({ path, expected, observed: actual });
  if (then.status !== observed.status) differ('status', then.status, observed.status);
  for (const [path, value] of Object.entries(then.body ?? {})) {
    const actual = at(observed.body, path);
    if (!fits(value, actual, known)) {
      differ(`body.${path}`, shown(value, known), actual === undefined ? null : actual);
    }
  }
  if (then.location !== undefined && filled(then.location, known) !== observed.location) {
    differ('location', filled(then.location, known), observed.location);
  }
  const text = squeeze(observed.text ?? '');
  for (const part of then.text.present) {
    if (!text.includes(squeeze(filled(part, known)))) differ('text', part, excerpt(text));
  }
  for (const part of then.text.absent) {
    if (text.includes(squeeze(filled(part, known)))) differ('text', `not: ${part}`, excerpt(text));
  }
  return differences;
}

/** The differences in one line, for people. */
export function describe(differences: readonly Difference[]): string {
  const short = (value: Json) => excerpt(JSON.stringify(value));
  return differences
    .map((d) => `${d.path}: expected ${short(d.expected)}, got ${short(d.observed)}`)
    .join('; ');
}

/** The value at a dotted path; a key that holds the dots itself goes first. */
export function at(body: Json, path: string): Json | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  if (Array.isArray(body) && path === 'length') return body.length;
  const object = body as { readonly [key: string]: Json };
  if (Object.hasOwn(object, path)) return object[path];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(object, key)) return at(object[key] ?? null, path.slice(dot + 1));
  }
  return undefined;
}

function fits(value: Value, actual: Json | undefined, known: Known): boolean {
  if (typeof value !== 'object' || value === null) return equal(value, actual ?? null);
  if ('now' in value) return near(actual, known.now.getTime() + milliseconds(value.now));
  if ('oneOf' in value) return value.oneOf.some((option) => equal(option, actual ?? null));
  if ('fake' in value) return actual !== undefined && actual !== null;
  if ('unique' in value) return typeof actual === 'string' && actual.includes(value.unique);
  const ref = refOf(value);
  const bound = ref === null || known.refs[ref.row]?.[ref.column] !== undefined;
  return bound && equal(shown(value, known), actual ?? null);
}

/** The literal a value stands for, as far as it stands for one. */
function shown(value: Value, known: Known): Json {
  const ref = refOf(value);
  if (ref) return known.refs[ref.row]?.[ref.column] ?? null;
  if (typeof value === 'object' && value !== null && 'json' in value) return value.json as Json;
  return value as Json;
}

/** Equal as far as JSON can tell: drivers give numeric and bigint as text, and instants in several forms. */
function equal(expected: Json, actual: Json): boolean {
  if (expected === actual) return true;
  if (expected === null || actual === null) return false;
  if (typeof expected === 'object' || typeof actual === 'object')
    return sameShape(expected, actual);
  if (typeof expected !== typeof actual) return sameNumber(expected, actual);
  return typeof expected === 'string' && sameInstant(expected, String(actual));
}

function sameShape(expected: Json, actual: Json): boolean {
  if (typeof expected !== 'object' || typeof actual !== 'object') return false;
  if (expected === null || actual === null) return expected === actual;
  if (Array.isArray(expected) !== Array.isArray(actual)) return false;
  const [a, b] = [Object.entries(expected), new Map(Object.entries(actual))];
  return (
    a.length === b.size && a.every(([key, item]) => b.has(key) && equal(item, b.get(key) ?? null))
  );
}

function sameNumber(expected: Json, actual: Json): boolean {
  if (typeof expected === 'boolean' || typeof actual === 'boolean') return false;
  const [a, b] = [String(expected).trim(), String(actual).trim()];
  return a !== '' && b !== '' && Number(a) === Number(b);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?$/;

function sameInstant(expected: string, actual: string): boolean {
  if (!INSTANT.test(expected) || !INSTANT.test(actual)) return false;
  const [a, b] = [instant(expected), instant(actual)];
  return Number.isFinite(a) && Math.trunc(a) === Math.trunc(b);
}

/** A text without a zone is read as UTC, as PostgreSQL's `timestamp` is by its drivers here. */
function instant(text: string): number {
  const iso = text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00');
  return Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(iso) ? iso : `${iso}Z`);
}

function near(actual: Json | undefined, expected: number): boolean {
  const ms = typeof actual === 'number' ? actual : instant(String(actual ?? ''));
  return Math.abs(ms - expected) <= INSTANT_TOLERANCE_MS;
}

/** The milliseconds of an ISO 8601 duration of days, hours, minutes and seconds. */
function milliseconds(duration: string): number {
  const unit = (letter: string) =>
    Number(new RegExp(`([\\d.]+)${letter}`).exec(duration)?.[1] ?? 0);
  const seconds = unit('D') * 86_400 + unit('H') * 3_600 + unit('M') * 60 + unit('S');
  return seconds * (duration.startsWith('-') ? -1_000 : 1_000);
}

/** `{order.id}` in an expected location or text. */
function filled(text: string, known: Known): string {
  return text.replace(/\{([^{}.]+)\.([^{}]+)\}/g, (whole, row: string, column: string) => {
    const value = known.refs[row]?.[column];
    return value === undefined || value === null ? whole : String(value);
  });
}

function excerpt(text: string): string {
  return text.length <= 160 ? text : `${text.slice(0, 159)}…`;
}
