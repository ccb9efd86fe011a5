// Sides of an app's branches, and functions of it, that V8 saw not run once. Node only blanks the types, so
// V8's offsets are the source's.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import type { CountRuns } from '../../src/proof/coverage/sides.ts';
import type { Range } from '../../src/proof/coverage/take.ts';
import { countAt } from '../../src/proof/coverage/tally.ts';
import { missedIn } from './missed.ts';

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
      const count: CountRuns = ({ start }) => countAt(ranges, start);
      const source = ts.createSourceFile(
        name,
        readFileSync(file, 'utf8'),
        ts.ScriptTarget.Latest,
        true,
      );
      for (const { side, code } of missedIn(source, count).missed) {
        const text = `${name}: ${side} ${code}`;
        found.set(text, (found.get(text) ?? 0) + 1);
      }
    }
  }
  return [...found].map(([text, n]) => (n > 1 ? `${text} (${n} times)` : text)).sort();
}
