import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { isHono } from './files.ts';
import { isHonoTyped } from './roots.ts';

const REGISTERING = new Set(
  'get post put patch delete options all on use route mount openapi'.split(' '),
);

/** Whether a call registers something on a Hono app, or on what is typed as one. */
export function isRegistration(program: Program, node: ts.CallExpression): boolean {
  const target = node.expression;
  if (!ts.isPropertyAccessExpression(target) || !REGISTERING.has(target.name.text)) return false;
  return node.arguments.length > 0 && isApp(program, target.expression);
}

function isApp(program: Program, node: ts.Expression): boolean {
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    return isRegistration(program, node) || isApp(program, node.expression.expression);
  }
  if (ts.isNewExpression(node)) return isHonoClass(program, node.expression);
  if (!ts.isIdentifier(node)) return false;
  const meaning = program.meaning(node);
  if (meaning?.kind !== 'declared') return false;
  if (isHonoTyped(meaning.node))
    return ts.isParameter(meaning.node) || ts.isVariableDeclaration(meaning.node);
  const made = ts.isVariableDeclaration(meaning.node) ? meaning.node.initializer : undefined;
  return made !== undefined && made !== node && !ts.isIdentifier(made) && isApp(program, made);
}

function isHonoClass(program: Program, node: ts.Expression): boolean {
  const meaning = ts.isIdentifier(node) ? program.meaning(node) : undefined;
  return meaning?.kind === 'package' && isHono(meaning.package) && /Hono$/.test(meaning.name);
}
