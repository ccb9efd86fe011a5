const keys = new WeakMap<object, string>();

/** Equal for conditions and terms that say the same, wherever they stand. */
export function keyOf(value: unknown): string {
  if (typeof value === 'string') return measured(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? '';
  const known = keys.get(value);
  if (known !== undefined) return known;
  const key = shortened(Array.isArray(value) ? `[${value.map(keyIn).join()}]` : membersOf(value));
  keys.set(value, key);
  return key;
}

/** The key of something within another: columns, the commonest by far, are written out each time rather than remembered. */
function keyIn(value: unknown): string {
  return isColumn(value) ? membersOf(value) : keyOf(value);
}

const writings = new WeakMap<object, string>();

/** Equal for conditions and terms alone that are written the same, places and all, whose members come in the same order. */
export function writtenAs(value: object): string {
  let text = Array.isArray(value) ? '[' : '{';
  for (const name in value) text += `${name}:${writtenIn(value[name as keyof typeof value])},`;
  return `${text}}`;
}

function writtenIn(value: unknown): string {
  if (typeof value === 'number') return `${value}`;
  if (value === null || typeof value !== 'object') return keyOf(value);
  if (isColumn(value)) return writtenAs(value);
  const known = writings.get(value);
  if (known !== undefined) return known;
  const key = shortened(writtenAs(value));
  writings.set(value, key);
  return key;
}

function isColumn(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'column';
}

/** A text that ends where it says. */
function measured(text: string): string {
  return `${text.length}"${text}`;
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
  let text = '{';
  for (const name of inOrder(value)) text += `${name}:${keyIn(value[name as keyof typeof value])},`;
  return `${text}}`;
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
