import { StatewrightError } from '../kernel/errors.ts';
import type { BodyValue, Value, When } from '../plan/plan.ts';
import { durationMs } from './cells.ts';
import { bindUnique } from './state.ts';
import { anything } from './values/domain.ts';
import { draw } from './values/draw.ts';
import { valueKinds } from './values/registry.ts';
import { isOffset } from './values/value.ts';

/** What a run knows: its rows, its clock, what keeps its values apart from other runs', the seed. */
export interface Binding {
  readonly refs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly now: Date;
  /** Empty in an own database. */
  readonly namespace: string;
  readonly seed: string;
}

/**
 * A planned request with literals alone: references, instants, unique and drawn values settled,
 * `{row.column}` in its path URL-encoded. Throws `run.unknownRef` for a row or column that isn't there.
 */
export function bindRequest(when: When, binding: Binding): When {
  const literals = (values: Readonly<Record<string, BodyValue>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, bindValue(value, binding) as Value]),
    );
  return {
    ...when,
    path: bindPath(when.path, binding),
    ...(when.query ? { query: literals(when.query) } : {}),
    ...(when.headers ? { headers: literals(when.headers) } : {}),
    ...(when.cookies ? { cookies: literals(when.cookies) } : {}),
    ...(when.body === undefined ? {} : { body: bindValue(when.body, binding) }),
  };
}

/** A value, or every value inside an object or list, settled to plain JSON. */
function bindValue(value: BodyValue, binding: Binding): BodyValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => bindValue(item, binding));
  const [key, ...more] = Object.keys(value);
  const inner: unknown = key === undefined ? undefined : Reflect.get(value, key);
  if (more.length === 0 && key !== undefined) {
    const bound = FORMS[key]?.(inner, binding);
    if (bound) return bound.value as BodyValue;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, bindValue(item as BodyValue, binding)]),
  );
}

type Form = (inner: unknown, binding: Binding) => { value: unknown } | undefined;

const FORMS: Readonly<Record<string, Form>> = {
  ref: (inner, { refs }) =>
    typeof inner === 'string' ? { value: columnAt(inner, refs) } : undefined,
  now: (inner, { now }) =>
    typeof inner === 'string' && /^-?P/.test(inner)
      ? { value: new Date(now.getTime() + durationMs(inner)).toISOString() }
      : undefined,
  unique: (inner, { namespace }) =>
    typeof inner === 'string'
      ? { value: bindUnique({ kind: 'unique', text: inner, form: 'text', max: null }, namespace) }
      : undefined,
  json: (inner) => ({ value: inner }),
  jsonText: (inner, binding) => ({
    value: JSON.stringify(bindValue(inner as BodyValue, binding)),
  }),
  oneOf: (inner, { seed }) =>
    Array.isArray(inner)
      ? { value: draw(seed, 'oneOf', JSON.stringify(inner)).pick(inner) }
      : undefined,
  fake: (inner, binding) => fake(String(inner), binding),
};

function fake(name: string, { now, seed }: Binding): { value: unknown } | undefined {
  const kind = valueKinds.find((candidate) => candidate.name === name);
  if (!kind) return undefined;
  const column = { name, type: 'text', values: null, array: false };
  const wanted = { table: 'request', column, family: 'text', domain: anything, max: null } as const;
  const value = kind.make({ ...wanted, draw: draw(seed, 'request', name) });
  return { value: isOffset(value) ? new Date(now.getTime() + value.now).toISOString() : value };
}

function columnAt(ref: string, refs: Binding['refs']): unknown {
  const dot = ref.indexOf('.');
  const value = dot < 0 ? undefined : refs[ref.slice(0, dot)]?.[ref.slice(dot + 1)];
  if (value !== undefined) return value;
  throw new StatewrightError('run.unknownRef', `The plan refers to "${ref}", which no row has.`, {
    hint: `Rows are: ${Object.keys(refs).join(', ')}.`,
    facts: { ref },
  });
}

function bindPath(path: string, { refs }: Binding): string {
  return path.replace(/\{([^{}]+)\}/g, (_, ref: string) =>
    encodeURIComponent(String(columnAt(ref, refs))),
  );
}
