import { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import type { Machine } from '../../trace/machine.ts';
import { UNDEFINED, type Value } from '../../trace/values.ts';

/** What a page's file has put on its component for `_app` to ask (`Page.getLayout = …`). */
export function pageField(machine: Machine, { file }: Registered, name: string): Value {
  const statements = machine.deps.program.source(file)?.statements ?? [];
  const put = statements.flatMap((each) => putOn(each, name)).at(-1);
  return put ? machine.standing({ file, expression: put }) : UNDEFINED;
}

function putOn(statement: ts.Statement, name: string): ts.Expression[] {
  if (!ts.isExpressionStatement(statement)) return [];
  const { expression } = statement;
  if (!ts.isBinaryExpression(expression)) return [];
  const { left, operatorToken, right } = expression;
  if (operatorToken.kind !== ts.SyntaxKind.EqualsToken) return [];
  return ts.isPropertyAccessExpression(left) && left.name.text === name ? [right] : [];
}
