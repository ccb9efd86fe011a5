import { escapeHidden } from '../../report/visible.ts';

/** Levels that are written piece by piece and line by line; what is deeper is one piece on one line, and small. */
const LEVELS = 6;

/**
 * JSON text in pieces, since as one it can be longer than a string may be: indented as `JSON.stringify(value, null, 2)`
 * does it, but for what stands deep, which indented would be twice as long; hidden characters are escaped.
 */
export function* jsonPieces(value: unknown, level = 0): Generator<string> {
  if (typeof value !== 'object' || value === null || level >= LEVELS || 'toJSON' in value) {
    const text: string | undefined = JSON.stringify(value);
    yield escapeHidden(text ?? 'null');
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
    yield `${before}${indent}${isList ? '' : `${escapeHidden(JSON.stringify(name))}: `}`;
    yield* jsonPieces(item, level + 1);
    before = ',';
  }
  yield `\n${'  '.repeat(level)}${close}`;
}

function isWritten(item: unknown): boolean {
  return item !== undefined && typeof item !== 'function' && typeof item !== 'symbol';
}
