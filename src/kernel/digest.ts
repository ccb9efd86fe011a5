import { createHash } from 'node:crypto';

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** JSON with object keys in code-point order and `undefined` left out: equal values, equal bytes. */
export function canonicalJson(value: unknown, indent?: number): string {
  return JSON.stringify(sorted(value), null, indent);
}

/** The SHA-256 of a value's canonical JSON (of a string: of the string itself), in hex. */
export function digest(value: unknown): string {
  return digestOfBytes(typeof value === 'string' ? value : canonicalJson(value));
}

/** The SHA-256 of bytes, in hex. */
export function digestOfBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A file-name-safe form of an id: its words, then six hex digits of its digest. */
export function fileSlug(id: string): string {
  const words = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${words.slice(0, 80)}-${digest(id).slice(0, 6)}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const fields = value as Readonly<Record<string, unknown>>;
  // Without a prototype, `__proto__` is a key like any other.
  const ordered: Record<string, unknown> = Object.create(null);
  // By code unit, as `<` compares, and without a pair for each key.
  for (const key of Object.keys(fields).sort()) {
    if (fields[key] !== undefined) ordered[key] = sorted(fields[key]);
  }
  return ordered;
}
