import { ts } from '../../../kernel/syntax.ts';
import { pathPattern } from '../../matchers/path-pattern.ts';

/** The patterns of `export const config = { matcher: … }`; null where the middleware runs for everything. */
export function matchersIn(source: ts.SourceFile): string[] | null {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const config = statement.declarationList.declarations.find(
      ({ name }) => ts.isIdentifier(name) && name.text === 'config',
    );
    const value = config?.initializer && plain(config.initializer);
    if (!value || !ts.isObjectLiteralExpression(value)) continue;
    const matcher = propertyOf(value, 'matcher');
    if (matcher) return patternsOf(matcher);
  }
  return null;
}

function plain(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) ? plain(node.expression) : node;
}

function propertyOf(node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const found = node.properties.find((each) => each.name?.getText() === name);
  return found && ts.isPropertyAssignment(found) ? plain(found.initializer) : undefined;
}

function patternsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap(patternsOf);
  const source = ts.isObjectLiteralExpression(node) ? propertyOf(node, 'source') : undefined;
  return source ? patternsOf(source) : [];
}

/** Whether requests for a path (`/orders/:id`, `/files/*rest`) go through a pattern. */
export function takes(pattern: string, path: string): boolean {
  const asked = path.replace(/\*\w+/g, 'a/b').replace(/:\w+/g, 'a');
  try {
    return new RegExp(pathPattern(pattern)).test(asked);
  } catch {
    return true;
  }
}
