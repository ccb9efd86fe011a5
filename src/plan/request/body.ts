import { isIndex } from '../../kernel/json-schema.ts';
import type { BodyValue } from '../plan.ts';

type Mutable = BodyValue | undefined;

/** The body with a value at a path; objects and lists on the way are made as needed. */
export function withAt(body: Mutable, path: readonly string[], value: BodyValue): BodyValue {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  if (isIndex(head)) {
    const list = Array.isArray(body) ? [...body] : [];
    const index = /^\d+$/.test(head) ? Number(head) : 0;
    list[index] = withAt(list[index], rest, value);
    return list;
  }
  const object: Fields = isPlainObject(body) ? body : {};
  return { ...object, [head]: withAt(object[head], rest, value) };
}

/** What lies at a path. */
export function at(body: Mutable, path: readonly string[]): Mutable {
  const [head, ...rest] = path;
  if (head === undefined) return body;
  if (Array.isArray(body)) return at(body[Number(head) || 0], rest);
  if (!isPlainObject(body)) return undefined;
  const object: Fields = body;
  return at(object[head], rest);
}

/** The body without what lies at a path. */
export function withoutAt(body: BodyValue, path: readonly string[]): BodyValue {
  const [head, ...rest] = path;
  if (head === undefined) return {};
  if (Array.isArray(body)) {
    const index = /^\d+$/.test(head) ? Number(head) : 0;
    return rest.length === 0
      ? body.filter((_, at) => at !== index)
      : body.map((item, at) => (at === index ? withoutAt(item, rest) : item));
  }
  if (!isPlainObject(body) || !(head in body)) return body;
  const object: Fields = body;
  if (rest.length > 0) return { ...object, [head]: withoutAt(object[head] ?? null, rest) };
  const { [head]: _, ...others } = object;
  return others;
}

interface Fields {
  readonly [key: string]: BodyValue;
}

export function isPlainObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
