// Which sides of the app's branches no request took: V8's block counts, carried back to the
// TypeScript sources, and asked for every branch that the sources have.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ts } from 'ts-morph';
import { APP_DIR } from './harness.ts';

export interface Side {
  file: string;
  side: string;
  code: string;
}

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

const clip = (text: string) => {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 100 ? `${flat.slice(0, 99)}…` : flat;
};

class File {
  private readonly source: ts.SourceFile;
  readonly missed: Side[] = [];
  sides = 0;

  private readonly name: string;
  private readonly points: Mapped[];
  private readonly count: Counter;

  constructor(name: string, text: string, { points, count }: { points: Mapped[]; count: Counter }) {
    this.name = name;
    this.points = points;
    this.count = count;
    const kind = name.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    this.source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, kind);
    this.visit(this.source);
  }

  /** How often the node ran; undefined for what is not in the generated code. */
  private runs(node: ts.Node): number | undefined {
    const first = ts.isBlock(node) ? node.statements[0] : node;
    if (!first) return undefined;
    const start = this.source.getLineAndCharacterOfPosition(first.getStart());
    const end = this.source.getLineAndCharacterOfPosition(first.getEnd());
    const point = this.points.find(
      (p) => p.line > start.line || (p.line === start.line && p.column >= start.character),
    );
    if (!point || point.line > end.line) return undefined;
    if (point.line === end.line && point.column >= end.character) return undefined;
    return this.count(point.generated);
  }

  private check(side: string, node: ts.Node, runs: number | undefined) {
    if (runs === undefined) return;
    this.sides++;
    if (runs <= 0) this.missed.push({ file: this.name, side, code: clip(node.getText()) });
  }

  private remainder(side: string, node: ts.Node, [all, taken]: [ts.Node, ts.Node]) {
    const total = this.runs(all);
    const part = this.runs(taken);
    if (total !== undefined && part !== undefined) this.check(side, node, total - part);
  }

  private visit(node: ts.Node): void {
    if (ts.isIfStatement(node)) {
      this.check('then', node.thenStatement, this.runs(node.thenStatement));
      if (node.elseStatement) this.check('else', node.elseStatement, this.runs(node.elseStatement));
      else this.remainder('no else', node.expression, [node.expression, node.thenStatement]);
    } else if (ts.isConditionalExpression(node)) {
      this.check('?', node.whenTrue, this.runs(node.whenTrue));
      this.check(':', node.whenFalse, this.runs(node.whenFalse));
    } else if (ts.isBinaryExpression(node) && this.isLogical(node.operatorToken.kind)) {
      const operator = node.operatorToken.getText();
      this.check(operator, node, this.runs(node.right));
      this.remainder(`not ${operator}`, node, [node.left, node.right]);
    } else if (ts.isCaseOrDefaultClause(node)) {
      const [first] = node.statements;
      if (first) this.check('case', node, this.runs(first));
    } else if (ts.isCatchClause(node)) {
      this.check('catch', node.block, this.runs(node.block));
    } else if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      this.check('function', node, this.runs(node.body as ts.Node));
    }
    node.forEachChild((child) => this.visit(child));
  }

  private isLogical(kind: ts.SyntaxKind) {
    return (
      kind === ts.SyntaxKind.AmpersandAmpersandToken ||
      kind === ts.SyntaxKind.BarBarToken ||
      kind === ts.SyntaxKind.QuestionQuestionToken
    );
  }
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
      const read = new File(file, readFileSync(full, 'utf8'), {
        points,
        count: counters(raws, url),
      });
      sides += read.sides;
      missed.push(...read.missed);
    }
  }
  return { sides, missed };
}
