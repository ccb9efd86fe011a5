import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  eachMapping,
  FlattenMap,
  sourceContentFor,
  type TraceMap,
} from '@jridgewell/trace-mapping';
import type { ts } from '../../kernel/syntax.ts';
import type { Span } from './sides.ts';
import type { ScriptRun } from './take.ts';

/** A source file in a script: where in the script what stands in a span of the source begins. */
export interface Placed {
  readonly file: string;
  readonly offsetOf: (span: Span) => number | undefined;
}

/** The repo's sources by path; undefined for what is none. */
export interface Sources {
  /** Absolute, no slash behind it. */
  readonly root: string;
  readonly paths: readonly string[];
  source(path: string): ts.SourceFile | undefined;
  /** The repo file a specifier means from another file. */
  resolve(from: string, specifier: string): string | undefined;
}

/**
 * The sources a script was made of; null where nothing tells: it has no map and is no source itself, or its
 * map is of another text. A bundler's own code has a map, and none of the sources in it.
 */
export function placesIn(
  { url, text = '', map = '' }: ScriptRun,
  sources: Sources,
): readonly Placed[] | null {
  const address = url.startsWith('file:') ? url : pathToFileURL(url).href;
  const read = map === '' ? null : readMap(new URL(map, address));
  const found = read && mapped({ text, ...read }, sources);
  if (found && found.length > 0) return found;
  const own = ownSource(address, text, sources);
  return own ? [own] : found;
}

/** The source as it stands, its types at most blanked out: every offset is the same. */
function ownSource(address: string, text: string, sources: Sources): Placed | undefined {
  const file = pathIn(address, sources);
  const written = file === undefined ? undefined : sources.source(file)?.text;
  if (file === undefined || written === undefined || text.length < written.length) return undefined;
  for (let at = 0; at < written.length; at++) {
    const char = text[at];
    if (char !== written[at] && !BLANK.test(char ?? '')) return undefined;
  }
  return { file, offsetOf: ({ start }) => start };
}

/** Type stripping leaves blanks, and a semicolon where a statement would join the next. */
const BLANK = /[\s;)]/;

interface ReadMap {
  readonly address: string;
  readonly json: string;
}

function readMap(address: URL): ReadMap | null {
  try {
    if (address.protocol !== 'data:')
      return { address: address.href, json: readFileSync(fileURLToPath(address), 'utf8') };
    const [, kind = '', data = ''] = /^data:([^,]*),(.*)$/s.exec(address.href) ?? [];
    const json = kind.endsWith(';base64')
      ? Buffer.from(data, 'base64').toString('utf8')
      : decodeURIComponent(data);
    return { address: '', json };
  } catch {
    return null;
  }
}

interface Point {
  readonly original: number;
  readonly generated: number;
}

/** Null where the map means sources of the repo that have another text by now. */
function mapped(
  { text, address, json }: ReadMap & { text: string },
  sources: Sources,
): Placed[] | null {
  const map = FlattenMap(json, address === '' ? null : address);
  const starts = lineStarts(text);
  const points = new Map<string, Point[]>();
  const files = new Map<string, ts.SourceFile | undefined>();
  eachMapping(map, ({ source, originalLine, originalColumn, generatedLine, generatedColumn }) => {
    if (source === null) return;
    if (!files.has(source)) files.set(source, sourceNamed(source, map, sources));
    const file = files.get(source);
    const line = file?.getLineStarts()[originalLine - 1];
    const start = starts[generatedLine - 1];
    if (!file || line === undefined || start === undefined) return;
    const generated = pastBlanks(text, start + generatedColumn);
    const point = { original: line + originalColumn, generated };
    const known = points.get(file.fileName);
    if (known) known.push(point);
    else points.set(file.fileName, [point]);
  });
  const isStale = [...files].some(([name, file]) => !file && pathIn(name, sources) !== undefined);
  if (points.size === 0 && isStale) return null;
  return [...points].map(([file, each]) => ({ file, offsetOf: firstIn(each.sort(byOriginal)) }));
}

/** The repo's file a map means, where the map does not say that its text was another. */
function sourceNamed(name: string, map: TraceMap, sources: Sources): ts.SourceFile | undefined {
  const content = sourceContentFor(map, name);
  const inRepo = pathIn(name, sources);
  const plain = decodeURIComponent(name).replace(/^.*\[project\]\/|^[a-z-]+:\/+/, '');
  const isSame = (path: string) =>
    content !== null && (`/${path}`.endsWith(`/${plain}`) || `/${plain}`.endsWith(`/${path}`));
  const candidates = inRepo === undefined ? sources.paths.filter(isSame) : [inRepo];
  return candidates
    .map((path) => sources.source(path))
    .find((source) => source && (content === null || content === source.text));
}

function pathIn(address: string, { root, paths }: Sources): string | undefined {
  const file = address.startsWith('file:') ? fileURLToPath(address) : address;
  if (!file.startsWith(`${root}/`)) return undefined;
  const path = file.slice(root.length + 1);
  return paths.includes(path) ? path : undefined;
}

/** Some compilers point at the blank before a statement, which is not yet part of it. */
function pastBlanks(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? '')) at++;
  return at;
}

function byOriginal(a: Point, b: Point): number {
  return a.original - b.original || a.generated - b.generated;
}

function firstIn(points: readonly Point[]): Placed['offsetOf'] {
  return ({ start, end }) => {
    let [low, high] = [0, points.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((points[middle]?.original ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    const point = points[low];
    return point && point.original < end ? point.generated : undefined;
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
