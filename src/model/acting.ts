import type { Condition, Term } from '../condition/condition.ts';
import { withClaims } from '../condition/logic.ts';
import type { Table } from '../db/db.ts';
import { type Auth, isCarrier, type Outcome, type Route, sureClaims } from './model.ts';
import { partsOf } from './trace/terms.ts';

/**
 * A route that lets in whoever carries a good token and looks nobody up by it: where tokens are signed, that is
 * somebody who acts, and who carries none is nobody.
 */
export function withActing<T extends Route>(
  route: T,
  { auth, tables }: { auth: Auth | null; tables: readonly Table[] },
): T {
  if (!auth?.mint) return route;
  const { carrier } = auth;
  const byToken = route.reads.filter(
    ({ table, where }) => table === auth.actor && where.some((each) => isOfToken(carrier, each)),
  );
  const looked = new Set(byToken.map(({ id }) => id));
  const claims = sureClaims(auth, tables);
  const given = (where: readonly Condition[]) =>
    where.flatMap((each) => withClaims(claims, each) ?? each);
  const outcomes = route.outcomes.map((plain) => {
    const cases = plain.cases?.map((each) => ({ ...each, when: given(each.when) }));
    const outcome = { ...plain, when: given(plain.when), ...(cases ? { cases } : {}) };
    // Somebody with a good token who is not there any more does not act.
    const gone = outcome.when.some((each) => each.kind === 'absent' && looked.has(each.query));
    return gone ? outcome : actingIn(outcome, carrier);
  });
  const reads = route.reads.map((read) => ({ ...read, where: given(read.where) }));
  const writes = route.writes.map((write) => ({ ...write, where: given(write.where) }));
  return { ...route, reads, writes, outcomes };
}

function isOfToken(carrier: Auth['carrier'], condition: Condition): boolean {
  if (!('left' in condition)) return false;
  const parts = [condition.left, condition.right].flatMap(partsOf);
  return parts.some((part) => part.kind === 'input' && isCarrier(carrier, part));
}

function actingIn(outcome: Outcome, carrier: Auth['carrier']): Outcome {
  const about = outcome.when.filter((condition) => isAbout(carrier, condition));
  const [first] = about;
  if (!first) return outcome;
  const is = about.every(isGood) ? 'authenticated' : about.every(isBad) ? 'anonymous' : null;
  if (is === null) return outcome;
  const rest = outcome.when.filter((condition) => !about.includes(condition));
  return { ...outcome, when: [...rest, { kind: 'actor', is, at: first.at }] };
}

/** Whether a condition speaks of what carries the token, and of nothing else. */
function isAbout(carrier: Auth['carrier'], condition: Condition): boolean {
  if (condition.kind === 'any')
    return condition.of.every((way) => way.every((part) => isAbout(carrier, part)));
  if (condition.kind !== 'input') return false;
  if (condition.is !== 'compare') return isCarrier(carrier, condition);
  const sides = [condition.left, condition.right].filter(({ kind }) => kind !== 'literal');
  return sides.every((side) => isOf(carrier, side));
}

/** A part of the text that is carried, but nothing that the token says. */
function isOf(carrier: Auth['carrier'], term: Term): boolean {
  const parts = partsOf(term);
  const signed = parts.some((part) => part.kind === 'call' && part.fn === 'tokenClaims');
  const inputs = parts.filter((part) => part.kind === 'input');
  return !signed && inputs.length > 0 && inputs.every((part) => isCarrier(carrier, part));
}

function isGood(condition: Condition): boolean {
  if (condition.kind === 'any') return condition.of.every((way) => way.every(isGood));
  if (condition.kind !== 'input') return false;
  if (condition.is !== 'compare') return condition.is === 'present' || condition.is === 'valid';
  const empty = condition.right.kind === 'literal' && condition.right.value === null;
  return /^(like|matches)$/.test(condition.op) || condition.op === (empty ? '!=' : '=');
}

/** Nothing carried, or something without the token's place in it. */
function isBad(condition: Condition): boolean {
  if (condition.kind === 'any') return condition.of.every((way) => way.every(isBad));
  if (condition.kind !== 'input' || condition.is === 'invalid') return false;
  return !isGood(condition);
}
