/** Levels that are written piece by piece; what is deeper is one piece, and small. */
const LEVELS = 4;

/** The text of `JSON.stringify(value, null, 2)` in pieces: as one it can be longer than a string may be. */
export function* jsonPieces(value: unknown, level = 0): Generator<string> {
  if (typeof value !== 'object' || value === null || level >= LEVELS || 'toJSON' in value) {
    const text: string | undefined = JSON.stringify(value, null, 2);
    yield (text ?? 'null').replaceAll('\n', `\n${'  '.repeat(level)}`);
    return;
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value).filter(([, item]) => isList || isWritten(item));
  const [open, close] = isList ? '[]' : '{}';
  if (entries.length === 0) {
    yield `${open}${close}`;
    return;
  }
  const indent = `\n${'  '.repeat(level + 1)}`;
  let before = open;
  for (const [name, item] of entries) {
    yield `${before}${indent}${isList ? '' : `${JSON.stringify(name)}: `}`;
    yield* jsonPieces(item, level + 1);
    before = ',';
  }
  yield `\n${'  '.repeat(level)}${close}`;
}

function isWritten(item: unknown): boolean {
  return item !== undefined && typeof item !== 'function' && typeof item !== 'symbol';
}
