import { posix } from 'node:path';
import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { ownFiles } from '../../files.ts';

/** A piece of SQL with the place it stands at. */
export interface Sql {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const DDL = /\b(?:create|alter)\s+(?:unlogged\s+)?(?:table|type|domain)\b/i;
const INDEX = /^\s*create\s+unique\s+index\b/i;
const ASIDE = /(?:^|[/._-])(?:down|rollback|revert|undo|tests?|seeds?)(?:[/._-]|$)/i;

/**
 * The SQL that makes the package's schema, in the order it is applied: migration files by their names, then
 * what code sends on its own. Where there are files, code only repeats or moves them.
 */
export function schemaSql(program: Program, root: string): Sql[] {
  const files = program.repo.files
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.sql') && (root === '.' || path.startsWith(`${root}/`)))
    .filter((path) => !ASIDE.test(posix.relative(root, path)))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const written = files.flatMap((file) => {
    const text = program.text(file);
    return text !== undefined && DDL.test(text) ? [{ file, line: 1, text: upwards(text) }] : [];
  });
  return written.length > 0 ? written : inCode(program, root);
}

/** What a file with both directions does on the way up (dbmate, goose, node-pg-migrate). */
function upwards(text: string): string {
  const down = /^\s*--\s*(?:\+goose\s+down|migrate:down|down migration)/im.exec(text);
  return down ? text.slice(0, down.index) : text;
}

/** Texts in code that make tables, by file. */
function inCode(program: Program, root: string): Sql[] {
  return ownFiles(program.repo, root).flatMap((file) => {
    const text = program.text(file);
    const source = text !== undefined && DDL.test(text) ? program.source(file) : undefined;
    return source ? textsIn(source, file) : [];
  });
}

function textsIn(source: ts.SourceFile, file: string): Sql[] {
  const found: Sql[] = [];
  const visit = (node: ts.Node): void => {
    if (isDown(node)) return;
    if (ts.isStringLiteralLike(node) && (DDL.test(node.text) || INDEX.test(node.text))) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ file, line, text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `down()` of a migration in code. */
function isDown(node: ts.Node): boolean {
  const named =
    ts.isMethodDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isVariableDeclaration(node);
  return named && node.name?.getText() === 'down';
}
