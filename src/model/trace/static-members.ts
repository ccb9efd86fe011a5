import { ts } from '../../kernel/syntax.ts';

/** Whether a member is the class's own, not its instances'. */
export function isStatic(member: ts.ClassElement): boolean {
  return (
    ts.canHaveModifiers(member) &&
    !!ts.getModifiers(member)?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword)
  );
}
