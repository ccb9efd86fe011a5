// Which sides of the app's branches no request took: V8's block counts, carried back to the
// TypeScript sources, and asked for every branch that the sources have.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ts } from 'ts-morph';
import { placesIn } from '../../src/proof/coverage/place.ts';
import type { CountRuns } from '../../src/proof/coverage/sides.ts';
import type { Range } from '../../src/proof/coverage/take.ts';
import { countAt } from '../../src/proof/coverage/tally.ts';
import { type Missed, missedIn } from '../apps/missed.ts';
import { APP_DIR } from './harness.ts';

const SOURCES = ['routes', 'services', 'repositories', 'middleware', 'pages', 'lib'];
/** Files of /assets, which the key leaves out. */
const LEFT_OUT = new Set(['src/pages/assets.ts', 'src/pages/stylesheet.ts']);

interface Raw {
  result: { url: string; functions: { ranges: Range[] }[] }[];
  'source-map-cache'?: Record<string, { lineLengths: number[]; data: object | null }>;
}

export function missedSides(coverage: string[]): { sides: number; missed: Missed[] } {
  const raws = coverage.map((text): Raw => JSON.parse(text));
  const missed: Missed[] = [];
  let sides = 0;
  for (const source of sourceFiles()) {
    const url = pathToFileURL(path.join(APP_DIR, source.fileName)).href;
    const read = missedIn(source, countRuns(raws, { url, source }));
    sides += read.count;
    missed.push(...read.missed);
  }
  return { sides, missed };
}

function sourceFiles(): ts.SourceFile[] {
  return SOURCES.flatMap((folder) => {
    const names = readdirSync(path.join(APP_DIR, 'src', folder), {
      recursive: true,
      encoding: 'utf8',
    });
    return names
      .filter((file) => /\.tsx?$/.test(file))
      .sort()
      .map((name) => path.posix.join('src', folder, name.split(path.sep).join('/')))
      .filter((file) => !LEFT_OUT.has(file))
      .map((file) => {
        const text = readFileSync(path.join(APP_DIR, file), 'utf8');
        return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
      });
  });
}

/** Over all processes, by the map that Node kept of what the loader made. */
function countRuns(
  raws: Raw[],
  { url, source }: { url: string; source: ts.SourceFile },
): CountRuns {
  const file = source.fileName;
  const kept = raws.map((raw) => raw['source-map-cache']?.[url]).find((entry) => entry?.data);
  if (!kept?.data) throw new Error(`${file} was never loaded`);
  const map = `data:application/json,${encodeURIComponent(JSON.stringify(kept.data))}`;
  // Of the text that V8 ran Node keeps how long its lines are, which is all that is asked of it.
  const text = kept.lineLengths.map((length) => 'x'.repeat(length)).join('\n');
  const sources = { root: APP_DIR, paths: [file], source: () => source, resolve: () => undefined };
  const placed = placesIn({ script: url, url, ranges: [], text, map }, sources)?.[0];
  const ranges = raws
    .flatMap(({ result }) => result.filter((script) => script.url === url))
    .map(({ functions }) => functions.flatMap((each) => each.ranges));
  return (span) => {
    const at = placed?.offsetOf(span);
    return at === undefined ? undefined : ranges.reduce((sum, each) => sum + countAt(each, at), 0);
  };
}
