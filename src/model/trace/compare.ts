import type { Comparison, Condition, Op, Place, Term } from '../../condition/condition.ts';
import { claimPath } from '../../condition/logic.ts';
import { answerOf, askedOf } from './answered.ts';
import { fromConditions } from './conditions.ts';
import { all, atom, FALSE, type Formula, not, some, TRUE } from './formula.ts';
import { keyOf } from './keys.ts';
import { hasPart, isSettled } from './term-parts.ts';
import { partsOf } from './terms.ts';
import { byItsParts } from './text-parts.ts';

interface About {
  readonly at: Place;
  readonly text: string;
}

/** A comparison of two terms as a formula, decided where both are literals. */
export function compareTerms({ left, op, right }: Comparison, about: About): Formula {
  if (left.kind === 'literal' && right.kind === 'literal')
    return compareLiterals({ left: left.value, op, right: right.value }, about);
  const known = withItself({ left, op, right });
  if (known) return known;
  const split = overChoices({ left, op, right }, about);
  if (split) return split;
  if (left.kind === 'literal' || (right.kind === 'column' && left.kind === 'input')) {
    const turned = TURNED[op];
    if (turned) return compareTerms({ left: right, op: turned, right: left }, about);
  }
  const said = { left, op, right };
  const sure = constraintName(said) ?? placeInList(said);
  if (sure) return sure;
  const contained = containing(said);
  if (contained) return compareTerms(contained, about);
  const always = byItsParts(said);
  if (always !== undefined) return always ? TRUE : FALSE;
  if (left.kind === 'call' && left.fn === 'typeof') {
    const kind = typeComparison(said, about);
    if (kind) return kind;
  }
  return (
    rowCount(said, about.at) ?? nullInput(said, about.at) ?? atom(typedComparison(said, about))
  );
}

/** A value beside itself is neither less nor more. */
function withItself({ left, op, right }: Comparison): Formula | undefined {
  if (left.kind !== right.kind || !isSettled(left) || keyOf(left) !== keyOf(right))
    return undefined;
  if (op === '=' || op === '<=' || op === '>=') return TRUE;
  return op === '!=' || op === '<' || op === '>' ? FALSE : undefined;
}

/** Comparisons with their sides exchanged. */
export const TURNED: Partial<Record<Op, Op>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/**
 * `typeof x === 'string'`: a part of a body of another type is invalid; all else that a request carries is
 * text where it is there, as other values are.
 */
function typeComparison({ left, op, right }: Comparison, about: About): Formula | undefined {
  const [of] = left.kind === 'call' ? left.args : [];
  if (!of || right.kind !== 'literal' || (op !== '=' && op !== '!=')) return undefined;
  // A token's payload is a text only where somebody signs texts.
  if (claimPath(of)?.length === 0)
    return (right.value === 'object') === (op === '=') ? TRUE : FALSE;
  const nothing: Term = { kind: 'literal', value: null };
  if (right.value === 'undefined') return compareTerms({ left: of, op, right: nothing }, about);
  const answer = answerOf(of);
  if (answer !== undefined) {
    const name = `typeof ${answer} = ${JSON.stringify(right.value)}`;
    return atom({ kind: 'external', at: about.at, name, holds: op === '=' });
  }
  // A claim is of the type that whoever signs the token gives it: that it is there does not make it a text.
  if ((claimPath(of)?.length ?? 0) > 0) return undefined;
  const textual = of.kind === 'input' && of.from !== 'body' && right.value === 'string';
  if (of.kind !== 'input' || textual) {
    return compareTerms({ left: of, op: op === '=' ? '!=' : '=', right: nothing }, about);
  }
  // Lists are objects as well: which of them it is says `Array.isArray`.
  if (right.value === 'object' && of.path.length > 0) return undefined;
  const is = op === '=' ? 'valid' : 'invalid';
  return atom({ kind: 'input', is, at: about.at, from: of.from, path: [...of.path] });
}

/** `text.indexOf('a') > -1`: whether the one has the other in it. */
function containing({ left, op, right }: Comparison): Comparison | undefined {
  if (left.kind !== 'call' || left.fn !== 'indexOf' || right.kind !== 'literal') return undefined;
  const [text, part, from] = left.args;
  if (!text || part?.kind !== 'literal' || typeof part.value !== 'string' || from) return undefined;
  const said = `${op} ${right.value}`;
  const isThere = /^(> -1|!= -1|>= 0)$/.test(said);
  if (!isThere && !/^(<= -1|= -1|< 0)$/.test(said)) return undefined;
  const value = `%${part.value.replace(/[\\%_]/g, '\\$&')}%`;
  return { left: text, op: isThere ? 'like' : 'not like', right: { kind: 'literal', value } };
}

/** Where something stands in a list that it is in: nowhere before its start. */
function placeInList({ left, op, right }: Comparison): Formula | undefined {
  if (left.kind !== 'call' || left.fn !== 'placeIn' || right.kind !== 'literal') return undefined;
  const said = `${op} ${right.value}`;
  if (/^(> -1|!= -1|>= 0)$/.test(said)) return TRUE;
  return /^(<= -1|= -1|< 0)$/.test(said) ? FALSE : undefined;
}

/** The name of a constraint the schema leaves unnamed is any of those it may have. */
function constraintName({ left, op, right }: Comparison): Formula | undefined {
  if (left.kind !== 'call' || left.fn !== 'constraint') return undefined;
  if (right.kind !== 'literal') return undefined;
  const names = left.args.flatMap((arg) => (arg.kind === 'literal' ? [String(arg.value)] : []));
  const wanted = String(right.value);
  const like = names.some((name) => isLike(name, wanted));
  const holds = op === 'like' || op === 'not like' ? like : names.includes(wanted);
  return holds === (op === '=' || op === 'like') ? TRUE : FALSE;
}

/** `startsWith`, `endsWith` and `includes` as patterns. */
function isLike(text: string, pattern: string): boolean {
  const part = pattern.replace(/^%|%$/g, '').replace(/\\(.)/g, '$1');
  if (!pattern.startsWith('%')) return text.startsWith(part);
  return pattern.endsWith('%') ? text.includes(part) : text.endsWith(part);
}

type Json = (Term & { kind: 'literal' })['value'];

function compareLiterals(
  { left, op, right }: { left: Json; op: Op; right: Json },
  about: About,
): Formula {
  const same = JSON.stringify(left) === JSON.stringify(right);
  if (op === '=') return same ? TRUE : FALSE;
  if (op === '!=') return same ? FALSE : TRUE;
  if (left === null || right === null || typeof left !== typeof right || typeof left === 'object') {
    return atom({ kind: 'opaque', at: about.at, text: about.text, holds: true, terms: [] });
  }
  if (op === '<') return left < right ? TRUE : FALSE;
  if (op === '<=') return left <= right ? TRUE : FALSE;
  if (op === '>') return left > right ? TRUE : FALSE;
  if (op === '>=') return left >= right ? TRUE : FALSE;
  return atom({ kind: 'opaque', at: about.at, text: about.text, holds: true, terms: [] });
}

/** `(when ? a : b) op c` is `when ∧ a op c ∨ ¬when ∧ b op c`. */
function overChoices({ left, op, right }: Comparison, about: About): Formula | undefined {
  const choice = left.kind === 'choice' ? left : right.kind === 'choice' ? right : undefined;
  if (!choice) return undefined;
  const on = (part: Term) =>
    choice === left
      ? compareTerms({ left: part, op, right }, about)
      : compareTerms({ left, op, right: part }, about);
  const when = fromConditions(choice.when);
  return some([all([when, on(choice.yes)]), all([not(when), on(choice.no)])]);
}

/** A number of rows beside 0 or 1 is existence. */
function rowCount({ left, op, right }: Comparison, at: Place): Formula | undefined {
  if (left.kind !== 'aggregate' || left.op !== 'count' || right.kind !== 'literal')
    return undefined;
  const said = `${op} ${JSON.stringify(right.value)}`;
  if (['> 0', '>= 1', '!= 0'].includes(said))
    return atom({ kind: 'exists', at, query: left.query });
  if (['= 0', '< 1', '<= 0'].includes(said)) return atom({ kind: 'absent', at, query: left.query });
  if (said === '= null') return FALSE;
  return said === '!= null' ? TRUE : undefined;
}

function nullInput({ left, op, right }: Comparison, at: Place): Formula | undefined {
  if (left.kind !== 'input' || right.kind !== 'literal' || right.value !== null) return undefined;
  if (op !== '=' && op !== '!=') return undefined;
  const is = op === '=' ? 'missing' : 'present';
  return atom({ kind: 'input', is, at, from: left.from, path: [...left.path] });
}

function typedComparison({ left, op, right }: Comparison, { at, text }: About): Condition {
  const has = (kind: Term['kind']) => hasPart(left, kind) || hasPart(right, kind);
  if (has('opaque')) {
    const terms = [...partsOf(left), ...partsOf(right)].filter(isSource);
    return { kind: 'opaque', at, text, holds: true, terms };
  }
  if (has('external') && !has('column')) {
    const name = `${externalName(left, right)}: ${text}`;
    return askedOf({ left, op, right }, at) ?? { kind: 'external', at, name, holds: true };
  }
  const data = has('column') || has('now') || has('rows');
  if (left.kind === 'aggregate' || right.kind === 'aggregate') {
    const counts = (left.kind === 'aggregate' ? left : right) as Term & { kind: 'aggregate' };
    return { kind: counts.op === 'count' ? 'count' : 'aggregate', at, left, op, right };
  }
  if (has('aggregate')) return { kind: 'aggregate', at, left, op, right };
  if (data) return { kind: 'compare', at, left, op, right };
  if (has('input')) return { kind: 'input', is: 'compare', at, left, op, right };
  if (has('env')) return { kind: 'environment', at, left, op, right };
  return { kind: 'compare', at, left, op, right };
}

function isSource(term: Term): boolean {
  return ['column', 'input', 'rows', 'aggregate', 'now', 'env', 'external'].includes(term.kind);
}

function externalName(left: Term, right: Term): string {
  const found = [...partsOf(left), ...partsOf(right)].find((part) => part.kind === 'external');
  return found?.kind === 'external' ? found.name : 'external';
}
