import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { VERBS } from './register.ts';

const PACKAGES = /^(koa|@koa\/router|koa-router|koa-joi-router)$/;
const TYPE = /\b(Koa|\w*Router)\b/;

/** Whether a node makes an app or a router: `new Koa()`, `Router({ prefix })`. */
export function isMaking(program: Program, node: ts.Node): boolean {
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return false;
  if (!ts.isIdentifier(node.expression)) return false;
  const meaning = program.meaning(node.expression);
  if (meaning?.kind === 'package') return PACKAGES.test(meaning.package);
  return false;
}

/** Whether a call registers a route on what Koa's router made, or on what is typed as such. */
export function isRegistration(program: Program, node: ts.CallExpression): boolean {
  const target = node.expression;
  if (!ts.isPropertyAccessExpression(target) || !VERBS.includes(target.name.text)) return false;
  return node.arguments.length > 1 && isRouter(program, target.expression);
}

function isRouter(program: Program, node: ts.Expression): boolean {
  if (ts.isCallExpression(node)) return isRegistration(program, node);
  const named = ts.isPropertyAccessExpression(node) ? node.name : node;
  if (!ts.isIdentifier(named)) return false;
  const meaning = program.meaning(named);
  if (meaning?.kind !== 'declared') return false;
  const { node: declared } = meaning;
  if ('type' in declared && TYPE.test((declared.type as ts.Node | undefined)?.getText() ?? '')) {
    return true;
  }
  const made = ts.isVariableDeclaration(declared) ? declared.initializer : undefined;
  return made !== undefined && isMaking(program, made);
}
