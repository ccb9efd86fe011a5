// Code that V8 saw not run once. Node only blanks the types, so V8's offsets are the source's.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}
interface Coverage {
  result: { url: string; functions: { ranges: Range[] }[] }[];
}

const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

/** `src/app.ts: ?? null` for each outermost piece of the app's own code that was not reached. */
export function untaken(dir: string, coverage: readonly string[]): string[] {
  const found = new Map<string, number>();
  for (const { result } of coverage.map((text): Coverage => JSON.parse(text))) {
    for (const { url, functions } of result) {
      if (!url.startsWith('file:')) continue;
      const file = fileURLToPath(url);
      const name = path.relative(dir, file);
      if (name.startsWith('..') || name.includes('generated')) continue;
      const source = readFileSync(file, 'utf8');
      const dead = functions.flatMap(({ ranges }) => ranges.filter(({ count }) => count === 0));
      for (const range of dead) {
        const inside = (other: Range) =>
          other !== range &&
          other.startOffset <= range.startOffset &&
          other.endOffset >= range.endOffset;
        const text = flat(source.slice(range.startOffset, range.endOffset));
        if (!/\w/.test(text) || dead.some(inside)) continue;
        const piece = `${name}: ${text.slice(0, 100)}`;
        found.set(piece, (found.get(piece) ?? 0) + 1);
      }
    }
  }
  return [...found].map(([piece, n]) => (n > 1 ? `${piece} (${n} times)` : piece)).sort();
}
