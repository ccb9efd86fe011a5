// Sides of an app's branches that V8 saw not run once. Node only blanks the types, so V8's offsets
// are the source's.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CountRuns, Sides } from './sides.ts';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
interface Coverage {
  readonly result: readonly { url: string; functions: readonly { ranges: readonly Range[] }[] }[];
}

/** `src/app.ts: not ?? await find(id)` for each, where the app's own code has it. */
export function untaken(dir: string, coverage: readonly string[]): string[] {
  const found = new Map<string, number>();
  for (const { result } of coverage.map((text): Coverage => JSON.parse(text))) {
    for (const { url, functions } of result) {
      if (!url.startsWith('file:')) continue;
      const file = fileURLToPath(url);
      const name = path.relative(dir, file);
      if (name.startsWith('..') || name.includes('generated')) continue;
      const ranges = functions.flatMap((each) => each.ranges);
      for (const { side, code } of new Sides(name, readFileSync(file, 'utf8'), within(ranges))
        .missed) {
        const text = `${name}: ${side} ${code}`;
        found.set(text, (found.get(text) ?? 0) + 1);
      }
    }
  }
  return [...found].map(([text, n]) => (n > 1 ? `${text} (${n} times)` : text)).sort();
}

/** By the innermost range around the start. */
const within =
  (ranges: readonly Range[]): CountRuns =>
  ({ start }) => {
    let inner: Range | undefined;
    for (const range of ranges) {
      if (range.startOffset > start || range.endOffset <= start) continue;
      const length = range.endOffset - range.startOffset;
      if (!inner || length <= inner.endOffset - inner.startOffset) inner = range;
    }
    return inner?.count;
  };
