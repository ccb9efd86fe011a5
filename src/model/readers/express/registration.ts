import { required, ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { VERBS } from './register.ts';

const TYPE = /\b(Express|Application|Router|IRouter)\b/;

/** Whether a call registers something on what Express made, or on what is typed as such. */
export function isRegistration(program: Program, node: ts.CallExpression): boolean {
  const target = node.expression;
  if (!ts.isPropertyAccessExpression(target) || !VERBS.includes(target.name.text)) return false;
  return node.arguments.length > 1 && isApp(program, target.expression);
}

function isApp(program: Program, node: ts.Expression): boolean {
  if (ts.isCallExpression(node)) {
    const callee = node.expression;
    if (ts.isPropertyAccessExpression(callee) && callee.name.text !== 'Router')
      return callee.name.text === 'route' && isApp(program, callee.expression);
    return isMaker(program, node);
  }
  const named = ts.isPropertyAccessExpression(node) ? node.name : node;
  if (!ts.isIdentifier(named)) return false;
  const meaning = program.meaning(named);
  if (meaning?.kind !== 'declared') return false;
  const { node: declared } = meaning;
  if ('type' in declared && TYPE.test((declared.type as ts.Node | undefined)?.getText() ?? ''))
    return true;
  const made = ts.isVariableDeclaration(declared) ? declared.initializer : undefined;
  return made !== undefined && ts.isCallExpression(made) && isMaker(program, made);
}

/** `express()`, `express.Router()`, `Router()`. */
function isMaker(program: Program, node: ts.CallExpression): boolean {
  let root: ts.Expression = node.expression;
  while (ts.isPropertyAccessExpression(root)) root = root.expression;
  if (required(root) === 'express') return true;
  const meaning = ts.isIdentifier(root) ? program.meaning(root) : undefined;
  return meaning?.kind === 'package' && meaning.package === 'express';
}
