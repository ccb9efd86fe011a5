const keys = new WeakMap<object, string>();

/** Equal for conditions and terms that say the same, wherever they stand. */
export function keyOf(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? '';
  const known = keys.get(value);
  if (known !== undefined) return known;
  const text = Array.isArray(value) ? `[${value.map(keyOf).join()}]` : `{${membersOf(value)}}`;
  const key = shortened(text);
  keys.set(value, key);
  return key;
}

const writings = new WeakMap<object, string>();

/** Equal for conditions and terms alone that are written the same, places and all, whose members come in the same order. */
export function writtenAs(value: unknown): string {
  if (typeof value === 'number') return `${value}`;
  if (value === null || typeof value !== 'object') return keyOf(value);
  const known = writings.get(value);
  if (known !== undefined) return known;
  let text = Array.isArray(value) ? '[' : '{';
  for (const name in value) text += `${name}:${writtenAs(value[name as keyof typeof value])},`;
  const key = shortened(text);
  writings.set(value, key);
  return key;
}

const quotes = new Map<string, string>();

function quoted(text: string): string {
  const known = quotes.get(text);
  if (known !== undefined) return known;
  const said = JSON.stringify(text);
  quotes.set(text, said);
  return said;
}

const short = new Map<string, string>();

/** A number for each text ever seen, so that keys of large things stay small. */
export function shortened(text: string): string {
  const known = short.get(text);
  if (known !== undefined) return known;
  const key = `#${short.size.toString(36)}`;
  short.set(text, key);
  return key;
}

function membersOf(value: object): string {
  let text = '';
  for (const name of inOrder(value)) text += `${name}:${keyOf(value[name as keyof typeof value])},`;
  return text;
}

/** The orders of members known so far, by their names one after another as they are written. */
interface Written {
  readonly next: Map<string, Written>;
  order: readonly string[] | undefined;
}

const orders: Written = { next: new Map(), order: undefined };

/** Members but the place, by name. */
function inOrder(value: object): readonly string[] {
  let at = orders;
  for (const name in value) {
    let next = at.next.get(name);
    if (!next) {
      next = { next: new Map(), order: undefined };
      at.next.set(name, next);
    }
    at = next;
  }
  at.order ??= Object.keys(value)
    .filter((name) => name !== 'at')
    .sort();
  return at.order;
}
