import { ts } from '../../kernel/syntax.ts';
import type { Registered } from '../reader.ts';
import type { Machine } from './machine.ts';
import { standing } from './modules.ts';
import type { Value } from './values.ts';

/**
 * What stands where a component is wanted: itself, or the component that a library's function was given
 * (`withRouter(Page)`, `withStyles(theme)(Page)`), which it shows in turn.
 */
export function componentAt(machine: Machine, registered: Registered): Value {
  const value = standing(machine, registered);
  if (value.kind !== 'unknown' && value.kind !== 'term') return value;
  const call = madeBy(machine, registered.expression);
  if (!call) return value;
  const { fileName: file } = call.getSourceFile();
  const given = call.arguments.map((expression) =>
    componentAt(machine, { ...registered, file, expression }),
  );
  return given.find(({ kind }) => kind === 'closure') ?? value;
}

/** The call that an expression, or the constant that it names, is. */
function madeBy(machine: Machine, expression: ts.Expression): ts.CallExpression | undefined {
  if (ts.isCallExpression(expression)) return expression;
  const meaning = ts.isIdentifier(expression)
    ? machine.deps.program.meaning(expression)
    : undefined;
  if (meaning?.kind !== 'declared') return undefined;
  const { node } = meaning;
  const made = ts.isVariableDeclaration(node) ? node.initializer : node;
  return made && ts.isCallExpression(made) ? made : undefined;
}
