// Which sides of the app's branches no request took: V8's block counts, carried back to the
// TypeScript sources, and asked for every branch that the sources have.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CountRuns, type Side, Sides } from '../apps/sides.ts';
import { APP_DIR } from './harness.ts';

const SOURCES = ['routes', 'services', 'repositories', 'middleware', 'pages', 'lib'];
/** Files of /assets, which the key leaves out. */
const LEFT_OUT = new Set(['src/pages/assets.ts', 'src/pages/stylesheet.ts']);

interface Raw {
  result: {
    url: string;
    functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[];
  }[];
  'source-map-cache'?: Record<string, { lineLengths: number[]; data: { mappings: string } | null }>;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeSegment(segment: string): number[] {
  const values: number[] = [];
  let value = 0;
  let shift = 0;
  for (const char of segment) {
    const digit = DIGITS.indexOf(char);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    values.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return values;
}

interface Mapped {
  generated: number;
  line: number;
  column: number;
}

function decode(mappings: string, lineLengths: number[]): Mapped[] {
  const points: Mapped[] = [];
  let line = 0;
  let column = 0;
  let offset = 0;
  mappings.split(';').forEach((text, i) => {
    let at = 0;
    for (const segment of text ? text.split(',') : []) {
      const [step = 0, , lines = 0, columns = 0] = decodeSegment(segment);
      at += step;
      line += lines;
      column += columns;
      points.push({ generated: offset + at, line, column });
    }
    offset += (lineLengths[i] ?? 0) + 1;
  });
  return points.sort((a, b) => a.line - b.line || a.column - b.column || a.generated - b.generated);
}

type Counter = (generated: number) => number;

/** Counts runs of a generated position, over all processes. */
function counters(raws: Raw[], url: string): Counter {
  const scripts = raws.flatMap(({ result }) => result.filter((script) => script.url === url));
  const ranges = scripts.map(({ functions }) => functions.flatMap((fn) => fn.ranges));
  return (at) => {
    let total = 0;
    for (const script of ranges) {
      let best: (typeof script)[number] | undefined;
      for (const range of script) {
        if (range.startOffset > at || range.endOffset <= at) continue;
        const length = range.endOffset - range.startOffset;
        if (!best || length <= best.endOffset - best.startOffset) best = range;
      }
      total += best?.count ?? 0;
    }
    return total;
  };
}

/** By the first of the points that the generated code has within the span. */
function runsAt(points: Mapped[], count: Counter): CountRuns {
  return (span) => {
    const start = span.source.getLineAndCharacterOfPosition(span.start);
    const end = span.source.getLineAndCharacterOfPosition(span.end);
    const point = points.find(
      (p) => p.line > start.line || (p.line === start.line && p.column >= start.character),
    );
    if (!point || point.line > end.line) return undefined;
    if (point.line === end.line && point.column >= end.character) return undefined;
    return count(point.generated);
  };
}

export function missedSides(coverage: string[]): { sides: number; missed: Side[] } {
  const raws = coverage.map((text): Raw => JSON.parse(text));
  const missed: Side[] = [];
  let sides = 0;
  for (const folder of SOURCES) {
    const names = readdirSync(path.join(APP_DIR, 'src', folder), {
      recursive: true,
      encoding: 'utf8',
    });
    for (const name of names.filter((file) => /\.tsx?$/.test(file)).sort()) {
      const file = path.posix.join('src', folder, name.split(path.sep).join('/'));
      if (LEFT_OUT.has(file)) continue;
      const full = path.join(APP_DIR, file);
      const url = pathToFileURL(full).href;
      const map = raws.map((raw) => raw['source-map-cache']?.[url]).find((entry) => entry?.data);
      if (!map?.data) throw new Error(`${file} was never loaded`);
      const points = decode(map.data.mappings, map.lineLengths);
      const countRuns = runsAt(points, counters(raws, url));
      const read = new Sides(file, readFileSync(full, 'utf8'), countRuns);
      sides += read.count;
      missed.push(...read.missed);
    }
  }
  return { sides, missed };
}
