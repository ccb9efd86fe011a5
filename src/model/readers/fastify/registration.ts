import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { VERBS } from './register.ts';

const TYPE = /^FastifyInstance\b/;

/** Whether a call registers a route on what Fastify made, on what is typed as such, or on what `register` hands on. */
export function isRegistration(program: Program, call: ts.CallExpression): boolean {
  const { expression } = call;
  if (ts.isElementAccessExpression(expression)) {
    return call.arguments.length > 1 && isInstance(program, expression.expression);
  }
  if (!ts.isPropertyAccessExpression(expression)) return false;
  const { name } = expression;
  const counts =
    name.text === 'route' ? 1 : VERBS.includes(name.text) ? 2 : Number.POSITIVE_INFINITY;
  return call.arguments.length >= counts && isInstance(program, expression.expression);
}

function isInstance(program: Program, node: ts.Expression): boolean {
  if (!ts.isIdentifier(node)) return false;
  const meaning = program.meaning(node);
  if (meaning?.kind !== 'declared') return false;
  const { node: declared } = meaning;
  if ('type' in declared && declared.type) {
    return TYPE.test((declared.type as ts.TypeNode).getText());
  }
  if (ts.isParameter(declared)) return isPlugin(declared.parent);
  const made = ts.isVariableDeclaration(declared) ? declared.initializer : undefined;
  if (!made || !ts.isCallExpression(made) || !ts.isIdentifier(made.expression)) return false;
  const maker = program.meaning(made.expression);
  return maker?.kind === 'package' && maker.package === 'fastify';
}

/** A function written where a plugin is registered: `app.register(async (scope) => …)`. */
function isPlugin(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== node) return false;
  const { expression } = parent;
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'register';
}
