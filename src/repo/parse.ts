import { type Finding, finding } from '../kernel/finding.ts';
import { ts } from '../kernel/syntax.ts';
import type { Files } from './repo.ts';

/** A file as far as it could be read; a finding where that is not all of it. */
export interface Parsed {
  readonly source: ts.SourceFile | undefined;
  readonly finding: Finding | null;
}

/** Parses a file with parent pointers; of one with a syntax error the source is what the parser recovered. */
export function parse(path: string, files: Files): Parsed {
  try {
    const source = ts.createSourceFile(path, files.read(path), ts.ScriptTarget.Latest, true);
    if (isDeep(source)) {
      const finding = unparsable(path, `it nests more than ${DEEPEST} deep`);
      return { source: undefined, finding };
    }
    const [error] = syntaxErrors(source);
    return {
      source,
      finding: error ? unparsable(path, messageOf(error), lineOf(source, error.start)) : null,
    };
  } catch (error) {
    return { source: undefined, finding: unreadable(path, error) };
  }
}

/** What readers walk by calling themselves must not be deeper than the stack; no person writes such code. */
const DEEPEST = 1000;

function isDeep(source: ts.SourceFile): boolean {
  let layer: ts.Node[] = source.statements.filter(({ pos, end }) => end - pos > DEEPEST);
  for (let depth = 0; layer.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    const next: ts.Node[] = [];
    const add = (node: ts.Node) => {
      // Each level takes a character at least.
      if (node.end - node.pos > DEEPEST - depth) next.push(node);
    };
    for (const node of layer) ts.forEachChild(node, add);
    layer = next;
  }
  return false;
}

/** The parser keeps its diagnostics on the file, though its types don't say so. */
function syntaxErrors(source: ts.SourceFile): readonly ts.Diagnostic[] {
  if (/\.[mc]?jsx?$/.test(source.fileName)) return [];
  if (!('parseDiagnostics' in source) || !Array.isArray(source.parseDiagnostics)) return [];
  return source.parseDiagnostics;
}

function messageOf(error: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(error.messageText, ' ');
}

function lineOf(source: ts.SourceFile, start: number | undefined): number {
  return source.getLineAndCharacterOfPosition(start ?? 0).line + 1;
}

/** A file whose text can't be had. */
export function unreadable(path: string, error: unknown): Finding {
  return unparsable(path, error instanceof Error ? error.message : String(error));
}

function unparsable(file: string, message: string, line: number | null = null): Finding {
  return finding('repo.unparsable', { severity: 'warning', file, line, facts: { message } });
}
