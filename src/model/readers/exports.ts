import { ts } from '../../kernel/syntax.ts';
import type { Meaning, Program } from '../../repo/repo.ts';
import type { Registered } from '../reader.ts';

/** What a file exports under a name, to be called later, and where it was declared. */
export interface Exported {
  readonly registered: Registered;
  readonly node: ts.Node;
}

/** Undefined where there is no such export; one that a package makes stands at the file's own export. */
export function exportOf(program: Program, file: string, name: string): Exported | undefined {
  const meaning = program.exported(file, name);
  if (!meaning) return undefined;
  if (meaning.kind === 'declared') return declared(meaning);
  const source = program.source(file);
  const node = source && specifierIn(source, name);
  return (
    node && { node, registered: { file, expression: node.propertyName ?? node.name } as Registered }
  );
}

function declared({ file, node }: Meaning & { kind: 'declared' }): Exported {
  return { node, registered: { file, expression: expressionOf(node) } };
}

/** A declaration's name stands for it; a function without one stands for itself. */
function expressionOf(node: ts.Node): ts.Expression {
  const { name } = node as { name?: ts.Node };
  return name && ts.isIdentifier(name) ? name : (node as ts.Expression);
}

function specifierIn(source: ts.SourceFile, name: string): ts.ExportSpecifier | undefined {
  for (const statement of source.statements) {
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    if (!clause || !ts.isNamedExports(clause)) continue;
    const found = clause.elements.find((each) => each.name.text === name);
    if (found) return found;
  }
  return undefined;
}
