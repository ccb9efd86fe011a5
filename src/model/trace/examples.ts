import type { Condition, Term } from '../../condition/condition.ts';
import { textMatching } from '../../kernel/pattern.ts';
import type { ts } from '../../kernel/syntax.ts';
import { runConcretely } from '../concrete/run.ts';
import { atom, type Formula, not } from './formula.ts';
import { keyOf } from './keys.ts';
import type { Machine } from './machine.ts';
import { partsOf, truthValue } from './terms.ts';
import { truth } from './truth.ts';
import type { ClosureValue, Value } from './values.ts';

type Opaque = Condition & { readonly kind: 'opaque' };
type Examples = NonNullable<Opaque['examples']>;

/** How many texts are tried, and how many of each kind are kept. */
const TRIES = 400;
const KEPT = 3;

/**
 * A truth that rests on one thing we can't read and on one text alone (a check digit, a checksum), with
 * texts for which it holds and for which it doesn't: the function's own code says which.
 */
export function withExamples(
  machine: Machine,
  { closure, args, value }: { closure: ClosureValue; args: readonly Value[]; value: Value },
  node: ts.Node,
): Value {
  if (value.kind !== 'test' && value.kind !== 'choice') return value;
  const term = onlyTerm(args);
  if (!term) return value;
  const formula = value.kind === 'test' ? value.formula : booleanTruth(value, node);
  const [opaque, ...others] = formula ? opaquesIn(formula) : [];
  if (!formula || !opaque || others.length > 0 || opaque.examples) return value;
  const examples = examplesOf(machine, { closure, term, patterns: patternsIn(formula, term) });
  return examples ? truthValue(replaced(formula, opaque, examples)) : value;
}

function onlyTerm([only, ...others]: readonly Value[]): Term | null {
  if (only?.kind !== 'term' || others.length > 0) return null;
  const leaves = partsOf(only.term).filter(({ kind }) => kind === 'input' || kind === 'column');
  return leaves.length === 1 && isTextual(only.term) ? only.term : null;
}

function isTextual(term: Term): boolean {
  if (term.kind === 'call')
    return /^(upper|lower|trim)$/.test(term.fn) && term.args.every(isTextual);
  return term.kind === 'input' || term.kind === 'column';
}

/** A choice between truths as one; undefined where a side is no truth. */
function booleanTruth(value: Value, node: ts.Node): Formula | undefined {
  const plain = (of: Value): boolean =>
    of.kind === 'choice'
      ? plain(of.yes) && plain(of.no)
      : of.kind === 'test' ||
        (of.kind === 'term' && of.term.kind === 'literal' && typeof of.term.value === 'boolean');
  return plain(value) ? truth(value, node) : undefined;
}

function conditionsIn(formula: Formula): Condition[] {
  return formula.kind === 'atom' ? [formula.condition] : formula.of.flatMap(conditionsIn);
}

/** The distinct unreadable conditions, however they are asked. */
function opaquesIn(formula: Formula): Opaque[] {
  const found = conditionsIn(formula).filter((item): item is Opaque => item.kind === 'opaque');
  return [...new Map(found.map((item) => [keyOf({ ...item, holds: true }), item])).values()];
}

function patternsIn(formula: Formula, term: Term): RegExp[] {
  return conditionsIn(formula).flatMap((item) => {
    if (!('op' in item) || !item.op.endsWith('matches')) return [];
    if (item.right.kind !== 'literal' || typeof item.right.value !== 'string') return [];
    if (keyOf(item.left) !== keyOf(term)) return [];
    try {
      return [new RegExp(item.right.value)];
    } catch {
      return [];
    }
  });
}

function examplesOf(
  machine: Machine,
  about: { closure: ClosureValue; term: Term; patterns: readonly RegExp[] },
): Examples | null {
  const { closure, term, patterns } = about;
  const yes: string[] = [];
  const no: string[] = [];
  for (const text of textsLike(patterns)) {
    if (!patterns.every((pattern) => pattern.test(text))) continue;
    const { program } = machine.deps;
    const result = runConcretely(program, closure.node, [text]);
    if (!result || typeof result.value !== 'boolean') return null;
    const side = result.value ? yes : no;
    if (side.length < KEPT) side.push(text);
    if (yes.length === KEPT && no.length === KEPT) break;
  }
  return yes.length > 0 && no.length > 0 ? { term, yes, no } : null;
}

const PLAIN = ['0000000000', '1234567890', 'AAAA-0000', 'a', '1', 'sample', 'sample-1'];

/** Texts of the wanted form, then those that differ from them in ever more characters from the end. */
function* textsLike(patterns: readonly RegExp[]): Generator<string> {
  const starts = patterns.flatMap((pattern) => textMatching(pattern) ?? []);
  let left = TRIES;
  for (const start of starts.length > 0 ? starts : PLAIN) {
    yield start;
    const places = [...start].flatMap((each, at) => (/[A-Za-z0-9]/.test(each) ? [at] : []));
    for (const [index, at] of places.toReversed().entries()) {
      const before = places.toReversed()[index - 1];
      for (const text of variants(start, at)) {
        yield text;
        if (before === undefined) continue;
        for (const further of variants(text, before)) {
          left -= 1;
          if (left < 0) return;
          yield further;
        }
      }
    }
  }
}

const SETS = ['0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'];

function variants(text: string, at: number): string[] {
  const now = text.charAt(at);
  const set = SETS.find((each) => each.includes(now)) ?? '';
  return [...set]
    .filter((each) => each !== now)
    .map((each) => text.slice(0, at) + each + text.slice(at + 1));
}

function replaced(formula: Formula, opaque: Opaque, examples: Examples): Formula {
  if (formula.kind !== 'atom') {
    return { ...formula, of: formula.of.map((part) => replaced(part, opaque, examples)) };
  }
  const { condition } = formula;
  if (condition.kind !== 'opaque') return formula;
  const known = atom({ ...condition, holds: true, examples });
  return condition.holds ? known : not(known);
}
