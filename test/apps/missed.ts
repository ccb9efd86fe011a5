// What of a source never ran: the sides of its branches, and its functions.
import { ts } from 'ts-morph';
import { type CountRuns, runsOf, sidesOf } from '../../src/proof/coverage/sides.ts';

export interface Missed {
  file: string;
  side: string;
  code: string;
}

/** In the order of the source; `count` has all that is in the code that ran. */
export function missedIn(
  source: ts.SourceFile,
  countRuns: CountRuns,
): { count: number; missed: Missed[] } {
  const counted = [...sidesOf(source).map(ofSide), ...functionsOf(source)]
    .map((one) => ({ ...one, runs: one.runs(countRuns) }))
    .filter(({ runs }) => runs !== undefined);
  const missed = counted
    .filter(({ runs = 0 }) => runs <= 0)
    .map(({ side, node }) => ({ file: source.fileName, side, code: clip(node.getText()) }));
  return { count: counted.length, missed };
}

interface Counted {
  readonly side: string;
  readonly node: ts.Node;
  runs(count: CountRuns): number | undefined;
}

function ofSide(side: ReturnType<typeof sidesOf>[number]): Counted {
  return { side: side.kind, node: side.node, runs: (count) => runsOf(side, count) };
}

function functionsOf(source: ts.SourceFile): Counted[] {
  const found: Counted[] = [];
  const visit = (node: ts.Node): void => {
    const body = ts.isFunctionLike(node) && 'body' in node ? (node.body as ts.Node) : undefined;
    const first = body && (ts.isBlock(body) ? body.statements[0] : body);
    if (first) {
      const span = { start: first.getStart(), end: first.getEnd() };
      found.push({ side: 'function', node, runs: (count) => count(span) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function clip(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 100 ? `${flat.slice(0, 99)}…` : flat;
}
