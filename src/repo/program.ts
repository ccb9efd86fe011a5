import { type Finding, finding } from '../kernel/finding.ts';
import { ts } from '../kernel/syntax.ts';
import { linker } from './link.ts';
import type { Files, Program, Repo } from './repo.ts';
import { resolver } from './resolve.ts';

/**
 * Opens a repo's code: files are parsed when first asked for, with parent pointers, and kept. A file that
 * is missing or unreadable is undefined; a syntax error is a finding, and what the parser recovered is given.
 */
export function openProgram(repo: Repo, files: Files): Program {
  const paths = new Set(repo.files.map((file) => file.path));
  const parsed = new Map<string, ts.SourceFile | undefined>();
  const findings = new Map<string, Finding>();
  const source = (path: string): ts.SourceFile | undefined => {
    if (!parsed.has(path)) parsed.set(path, parse(path, files, findings));
    return parsed.get(path);
  };
  const resolve = resolver(repo);
  const apart = (): Program => {
    const seen = new Set<string>();
    const look = <T>(path: string, read: () => T): T | undefined => {
      if (!paths.has(path)) return undefined;
      seen.add(path);
      return read();
    };
    const own = (path: string) => look(path, () => source(path));
    return {
      repo,
      source: own,
      text: (path) => look(path, () => textOf(path, files, findings)),
      resolve,
      ...linker(own, resolve),
      findings: () => [...seen].sort().flatMap((path) => findings.get(path) ?? []),
      apart,
      seen: () => seen,
    };
  };
  return apart();
}

function parse(
  path: string,
  files: Files,
  findings: Map<string, Finding>,
): ts.SourceFile | undefined {
  try {
    const source = ts.createSourceFile(path, files.read(path), ts.ScriptTarget.Latest, true);
    if (isDeep(source)) {
      findings.set(path, unparsable(path, `it nests more than ${DEEPEST} deep`, null));
      return undefined;
    }
    const [error] = syntaxErrors(source);
    if (error) findings.set(path, unparsable(path, messageOf(error), lineOf(source, error.start)));
    return source;
  } catch (error) {
    findings.set(
      path,
      unparsable(path, error instanceof Error ? error.message : String(error), null),
    );
    return undefined;
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

function textOf(path: string, files: Files, findings: Map<string, Finding>): string | undefined {
  try {
    return files.read(path);
  } catch (error) {
    findings.set(
      path,
      unparsable(path, error instanceof Error ? error.message : String(error), null),
    );
    return undefined;
  }
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

function unparsable(file: string, message: string, line: number | null): Finding {
  return finding('repo.unparsable', { severity: 'warning', file, line, facts: { message } });
}
