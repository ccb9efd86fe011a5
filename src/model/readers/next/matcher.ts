import { ts } from '../../../kernel/syntax.ts';

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
    return new RegExp(`^${sourceOf(pattern)}/?$`).test(asked);
  } catch {
    return true;
  }
}

/** `/a/:b*`, `/a/:b(\\d+)` and `/((?!api).*)` as regular expressions. */
function sourceOf(pattern: string): string {
  const named = /\/:\w+(\((?:[^()]|\([^()]*\))*\))?([*+?]?)/g;
  let source = '';
  let end = 0;
  for (const found of pattern.matchAll(named)) {
    const [whole, within, many] = found;
    source += literalIn(pattern.slice(end, found.index));
    source += segments(within ?? '[^/]+', many ?? '');
    end = found.index + whole.length;
  }
  return source + literalIn(pattern.slice(end));
}

function segments(one: string, many: string): string {
  if (many === '*') return `(?:/${one})*`;
  if (many === '+') return `(?:/${one})+`;
  return many === '?' ? `(?:/${one})?` : `/${one}`;
}

/** Groups are regular expressions already; a dot outside of them is a dot. */
function literalIn(text: string): string {
  let depth = 0;
  let source = '';
  for (const letter of text) {
    if (letter === '(') depth += 1;
    source += letter === '.' && depth === 0 ? '\\.' : letter;
    if (letter === ')') depth -= 1;
  }
  return source;
}
