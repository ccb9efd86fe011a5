import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { ownFiles, reachedPackages } from '../../files.ts';
import { placeOfCall } from '../../place.ts';
import type { Schema } from '../../reader.ts';
import { createMachine } from '../../static/machine.ts';
import { propertyOf } from '../../static/property.ts';
import type { Semantics, Value } from '../../static/value.ts';
import { emptyDatabase, tablesOf } from '../sql/database.ts';
import type { Sql } from '../sql/files.ts';
import { follow } from '../sql/follow.ts';

/** A statement that a migration's code sends, where it sends it. */
export type Emit = (text: string, node: ts.Node) => void;

export interface Migrations {
  /** What the text of a file with migrations of this kind has, each of them. */
  readonly marks: readonly RegExp[];
  /** What the library's exports mean; statements go to `emit`. */
  readonly semantics: (emit: Emit) => Semantics;
  /** What `up` is given; `exported` says what else its module exports. */
  readonly given: readonly Value[] | ((exported: Exported) => readonly Value[]);
}

export type Exported = (name: string) => Value;

/**
 * The tables that migrations written in code make: each file's `up` is followed in the abstract, in the order of
 * the files' names, and the DDL it would send applied to an empty database. Where a package has none, those of the
 * packages that it imports count.
 */
export function migratedSchema(program: Program, root: string, migrations: Migrations): Schema {
  const own = madeBy(program, ownFiles(program.repo, root), migrations);
  if (own.tables.length > 0) return own;
  const beside = reachedPackages(program, root).flatMap((each) => ownFiles(program.repo, each));
  return beside.length > 0 ? madeBy(program, beside, migrations) : own;
}

function madeBy(
  program: Program,
  all: readonly string[],
  { marks, semantics, given }: Migrations,
): Schema {
  const database = emptyDatabase();
  const sent: Sql[] = [];
  const machine = createMachine(program, [
    semantics((text, node) => {
      const at = placeOfCall(node);
      sent.push({ file: at.file, line: at.line, text });
    }),
  ]);
  const files = all.filter((file) => marks.every((mark) => program.matches(file, mark)));
  for (const file of files.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const source = program.source(file);
    const exported: Exported = (name) =>
      propertyOf(machine, { kind: 'module', file, origin: null }, name);
    const args = typeof given === 'function' ? given(exported) : given;
    for (const node of source ? ups(source) : []) {
      machine.invoke({ kind: 'function', node, frame: null, self: null }, args);
    }
  }
  const findings = sent.flatMap((piece) => follow(piece, database));
  return {
    tables: tablesOf(database),
    tableAt: () => undefined,
    enumAt: () => undefined,
    relations: () => [],
    findings,
  };
}

/** The functions called `up`, or where a file has none those that it exports. */
function ups(source: ts.SourceFile): ts.FunctionLikeDeclaration[] {
  const named: ts.FunctionLikeDeclaration[] = [];
  const others: ts.FunctionLikeDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    const found = functionAt(node);
    if (!found) ts.forEachChild(node, visit);
    else if (found.name === 'up') named.push(found.node);
    else if (!ASIDE.test(found.name)) others.push(found.node);
  };
  visit(source);
  return named.length > 0 ? named : others.filter((node) => /\bschema\b/.test(node.getText()));
}

const ASIDE = /^(down|rollback|drop|revert|undo)/i;

function functionAt(node: ts.Node): { name: string; node: ts.FunctionLikeDeclaration } | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) {
    return { name: node.name?.getText() ?? '', node };
  }
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  const { parent } = node;
  const named =
    ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent);
  if (named) return { name: parent.name.getText(), node };
  const assigned = ts.isBinaryExpression(parent) ? parent.left : undefined;
  const member = assigned && ts.isPropertyAccessExpression(assigned) ? assigned.name.text : '';
  return { name: member, node };
}
