import { posix } from 'node:path';
import { ts } from '../../../kernel/syntax.ts';
import { isInside, type Program } from '../../../repo/repo.ts';
import { ownFiles } from '../../files.ts';

/** A piece of SQL with the place it stands at. */
export interface Sql {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const DDL = /\b(?:create|alter)\s+(?:unlogged\s+)?(?:table|type|domain)\b/i;
const SEEDING = /\b(?:insert\s+into|update|delete\s+from|truncate)\b/i;
const MIGRATIONS = /migrat/i;
const MADE_IN_CODE = new RegExp(`${DDL.source}|^\\s*create\\s+unique\\s+index\\b`, 'i');
const ASIDE = /(?:^|[/._-])(?:down|rollback|revert|undo|tests?|seeds?)(?:[/._-]|$)/i;

/**
 * The SQL that makes the package's schema, in the order it is applied: migration files by their names, then
 * what code sends on its own. Where there are files, code only repeats or moves them.
 */
export function schemaSql(program: Program, root: string): Sql[] {
  const written = inFiles(program, root, DDL);
  if (written.length > 0) return written;
  return ownFiles(program.repo, root).flatMap((file) => inCode(program, file, MADE_IN_CODE));
}

/** The SQL of migrations that puts rows into tables or changes them, in the order it is applied. */
export function seedingSql(program: Program, root: string): Sql[] {
  const written = inFiles(program, root, SEEDING);
  if (written.length > 0) return written;
  return ownFiles(program.repo, root)
    .filter((file) => MIGRATIONS.test(posix.relative(root, file)))
    .flatMap((file) => inCode(program, file, SEEDING));
}

function inFiles(program: Program, root: string, wanted: RegExp): Sql[] {
  return program.repo.files
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.sql') && isInside(path, root))
    .filter((path) => !ASIDE.test(posix.relative(root, path)))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((file) => {
      const text = program.text(file);
      return text !== undefined && wanted.test(text)
        ? [{ file, line: 1, text: upwards(text) }]
        : [];
    });
}

/** What a file with both directions does on the way up (dbmate, goose, node-pg-migrate). */
function upwards(text: string): string {
  const down = /^\s*--\s*(?:\+goose\s+down|migrate:down|down migration)/im.exec(text);
  return down ? text.slice(0, down.index) : text;
}

/** The texts in a file of code that are wanted; it is parsed only where its whole looks like it. */
function inCode(program: Program, file: string, wanted: RegExp): Sql[] {
  const source = program.matches(file, wanted) ? program.source(file) : undefined;
  return source ? textsIn(source, file, wanted) : [];
}

function textsIn(source: ts.SourceFile, file: string, wanted: RegExp): Sql[] {
  const found: Sql[] = [];
  const visit = (node: ts.Node): void => {
    if (isDown(node)) return;
    if (ts.isStringLiteralLike(node) && wanted.test(node.text)) {
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
