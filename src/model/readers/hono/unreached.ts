import type { Finding } from '../../../kernel/finding.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { unresolved } from '../unresolved.ts';
import { isHono } from './files.ts';
import { isHonoTyped } from './roots.ts';
import type { HonoRun } from './semantics.ts';

const REGISTERING = new Set(
  'get post put patch delete options all on use route mount openapi'.split(' '),
);

/** Registrations on a Hono app that reading never came by: functions nobody calls, receivers nobody knows. */
export function unreached(program: Program, run: HonoRun, files: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && !run.seen.has(node) && isRegistration(program, node)) {
      const reason = 'it stands in code that nothing seems to run';
      findings.push(unresolved(node, 'model.unresolvedRoute', reason));
    }
    ts.forEachChild(node, visit);
  };
  for (const file of files) {
    const source = program.source(file);
    if (source) visit(source);
  }
  return findings;
}

function isRegistration(program: Program, node: ts.CallExpression): boolean {
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
