import { ts } from '../kernel/syntax.ts';
import type { Program } from './repo.ts';

/** The text of the smallest function, method or top-level statement around a line; null where there is none. */
export function sliceAt(program: Program, file: string, line: number): string | null {
  const source = program.source(file);
  if (!source || line < 1 || line > source.getLineStarts().length) return null;
  const position = source.getPositionOfLineAndCharacter(line - 1, 0);
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    const end = source.getLineAndCharacterOfPosition(node.getEnd()).line;
    if (start > line - 1 || end < line - 1) return;
    if (isSlice(node)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found && position >= 0 ? found.getText(source) : null;
}

function isSlice(node: ts.Node): boolean {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    (ts.isStatement(node) && ts.isSourceFile(node.parent))
  );
}
