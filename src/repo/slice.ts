import { ts } from '../kernel/syntax.ts';
import type { Program } from './repo.ts';

/** A function, method or top-level statement of the repo, as text. */
export interface Slice {
  readonly file: string;
  readonly text: string;
}

/** The smallest function, method or top-level statement around a line; undefined where there is none. */
export function sliceAt(program: Program, file: string, line: number): Slice | undefined {
  const node = nodeAt(program, file, line);
  return node && { file, text: node.getText() };
}

/**
 * The slice around a line and those it needs to be understood: what its names mean in the repo, and
 * what theirs mean, `hops` times over. Nearest first, each once.
 */
export function slicesFrom(
  program: Program,
  place: { readonly file: string; readonly line: number },
  { hops }: { readonly hops: number },
): Slice[] {
  const first = nodeAt(program, place.file, place.line);
  const found = new Map<ts.Node, string>(first ? [[first, place.file]] : []);
  let edge = [...found.keys()];
  for (let hop = 0; hop < hops; hop++) {
    const next = edge.flatMap((node) => meant(program, node));
    edge = [];
    for (const { node, file } of next) {
      if (found.has(node)) continue;
      found.set(node, file);
      edge.push(node);
    }
  }
  return [...found].map(([node, file]) => ({ file, text: node.getText() }));
}

/** The slices outside a node that hold the declarations its names mean, in the order of the names. */
function meant(program: Program, from: ts.Node): { node: ts.Node; file: string }[] {
  const found: { node: ts.Node; file: string }[] = [];
  const visit = (node: ts.Node): void => {
    const meaning = ts.isIdentifier(node) ? program.meaning(node) : undefined;
    if (meaning?.kind === 'declared') {
      const slice = around(meaning.node);
      if (slice && !holds(slice, from)) found.push({ node: slice, file: meaning.file });
    }
    ts.forEachChild(node, visit);
  };
  visit(from);
  return found;
}

function around(node: ts.Node): ts.Node | undefined {
  let at: ts.Node | undefined = node;
  while (at && !isSlice(at)) at = at.parent;
  return at;
}

function holds(outer: ts.Node, inner: ts.Node): boolean {
  let at: ts.Node | undefined = inner;
  while (at && at !== outer) at = at.parent;
  return at === outer;
}

function nodeAt(program: Program, file: string, line: number): ts.Node | undefined {
  const source = program.source(file);
  if (!source || line < 1 || line > source.getLineStarts().length) return undefined;
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    const end = source.getLineAndCharacterOfPosition(node.getEnd()).line;
    if (start > line - 1 || end < line - 1) return;
    if (isSlice(node)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isSlice(node: ts.Node): boolean {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    (ts.isStatement(node) && ts.isSourceFile(node.parent))
  );
}
