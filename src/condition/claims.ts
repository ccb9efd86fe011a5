import type { Comparison, Condition, Term } from './condition.ts';

/** Where in a token's claims a term is; empty for all of them, undefined for what is none. */
export function claimPath(whole: Term): readonly string[] | undefined {
  if (whole.kind !== 'call') return undefined;
  const [owner, name] = whole.args;
  if (whole.fn === 'tokenClaims') return [];
  if (whole.fn !== 'field' || !owner || name?.kind !== 'literal') return undefined;
  const outer = claimPath(owner);
  return outer && [...outer, String(name.value)];
}

/** What is left of a condition where a token makes these claims: nothing where it holds, null where it can't. */
export function withClaims(claims: readonly string[], condition: Condition): Condition[] | null {
  if (condition.kind === 'any') {
    const ways = condition.of.flatMap((way) => {
      const parts = way.map((part) => withClaims(claims, part));
      return parts.includes(null) ? [] : [parts.flatMap((part) => part ?? [])];
    });
    const [only] = ways;
    if (!only || ways.some((way) => way.length === 0)) return only ? [] : null;
    return ways.length === 1 ? only : [{ ...condition, of: ways }];
  }
  if (!isClaimTest(claims, condition)) return [condition];
  return condition.op === '!=' ? [] : null;
}

/** Whether a condition asks if a token makes a claim: whether it, or what it lies in, is null. */
function isClaimTest(
  claims: readonly string[],
  condition: Condition,
): condition is Condition & Comparison {
  if (!('left' in condition) || !['=', '!='].includes(condition.op)) return false;
  const { left, right } = condition;
  const path = right.kind === 'literal' && right.value === null ? claimPath(left) : undefined;
  if (path === undefined) return false;
  const owner = path.map((name) => `${name}.`).join('');
  return claims.some((claim) => `${claim}.`.startsWith(owner));
}
