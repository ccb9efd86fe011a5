import { required, ts } from '../kernel/syntax.ts';
import { topLevel } from './scope.ts';

/** What a CommonJS module exports: the whole of it, and single names. */
export interface Assigned {
  readonly whole: ts.Expression | undefined;
  readonly names: ReadonlyMap<string, ts.Expression>;
  /** The modules whose exports it hands on: `module.exports = require('m')`, `{ ...require('m') }`. */
  readonly handedOn: readonly string[];
}

const known = new WeakMap<ts.SourceFile, Assigned>();

/** `module.exports = …`, `exports.name = …` and the properties of an object that is exported. */
export function assignedExports(source: ts.SourceFile): Assigned {
  const before = known.get(source);
  if (before) return before;
  const found = /\bexports\b/.test(source.text) ? collect(source) : NOTHING;
  known.set(source, found);
  return found;
}

const NOTHING: Assigned = { whole: undefined, names: new Map(), handedOn: [] };

function collect(source: ts.SourceFile): Assigned {
  const names = new Map<string, ts.Expression>();
  let whole: ts.Expression | undefined;
  for (const statement of source.statements) {
    if (!ts.isExpressionStatement(statement)) continue;
    let node: ts.Expression = statement.expression;
    const targets: string[] = [];
    while (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      targets.push(node.left.getText());
      node = node.right;
    }
    for (const target of targets) {
      const name = /^(?:module\.)?exports\.([\w$]+)$/.exec(target)?.[1];
      if (name) names.set(name, node);
      if (target === 'module.exports' || target === 'exports') whole = node;
    }
  }
  for (const [name, value] of whole ? propertiesOf(whole) : []) names.set(name, value);
  return { whole, names, handedOn: handedOnBy(whole) };
}

function propertiesOf(node: ts.Expression): [string, ts.Expression][] {
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((property): [string, ts.Expression][] => {
    if (ts.isShorthandPropertyAssignment(property)) return [[property.name.text, property.name]];
    const named =
      property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name));
    if (!ts.isPropertyAssignment(property) || !named) return [];
    return [[(property.name as ts.Identifier).text, property.initializer]];
  });
}

function handedOnBy(whole: ts.Expression | undefined): readonly string[] {
  if (!whole) return [];
  if (!ts.isObjectLiteralExpression(whole)) return specifierBehind(whole);
  return whole.properties.flatMap((each) =>
    ts.isSpreadAssignment(each) ? specifierBehind(each.expression) : [],
  );
}

/** The module that `require('m')`, or a name for it, is. */
function specifierBehind(node: ts.Expression): string[] {
  const local = ts.isIdentifier(node) ? topLevel(node.getSourceFile(), node.text) : undefined;
  const specifier = required(local && ts.isVariableDeclaration(local) ? local.initializer : node);
  return specifier === undefined ? [] : [specifier];
}
