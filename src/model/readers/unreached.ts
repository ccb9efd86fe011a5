import type { Finding } from '../../kernel/finding.ts';
import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { unresolved } from './unresolved.ts';

/** Registrations that reading never came by: functions nobody calls, receivers nobody knows. */
export function unreached(
  program: Program,
  files: readonly string[],
  {
    seen,
    isRegistration,
  }: {
    readonly seen: ReadonlySet<ts.Node>;
    readonly isRegistration: (program: Program, node: ts.CallExpression) => boolean;
  },
): Finding[] {
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && !seen.has(node) && isRegistration(program, node)) {
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
