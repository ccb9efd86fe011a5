import type { Term } from '../../condition/condition.ts';
import { FALSE, type Formula, not, TRUE } from './formula.ts';
import { keyOf } from './keys.ts';
import { type Labels, literalOf, type Value } from './values.ts';

type Label = Labels[number];

type Unknown = Value & { readonly kind: 'unknown' };

/** What a value of too many cases may be, where each of them is written out or was found among what is written out. */
export function labelsOf(value: Value, when: Formula): Labels | undefined {
  if (value.kind === 'undefined') return [null];
  if (value.kind === 'unknown') return value.labels;
  if (value.kind === 'choice') {
    const yes = labelsOf(value.yes, value.when);
    const no = yes && labelsOf(value.no, not(value.when));
    return no && [...new Set([...yes, ...no])];
  }
  if (value.kind !== 'term') return undefined;
  const written = literalOf(value);
  if (isLabel(written)) return [written];
  const parts = when.kind === 'all' ? when.of : [when];
  return parts.map((part) => oneOf(part, keyOf(value.term))).find(Boolean);
}

/** What a formula says that a term is one of. */
function oneOf(formula: Formula, key: string): Labels | undefined {
  const atoms = formula.kind === 'some' ? formula.of : [formula];
  const found = atoms.map((each): Labels | undefined => {
    if (each.kind !== 'atom') return undefined;
    const { condition } = each;
    if (condition.kind === 'member')
      return condition.holds && keyOf(condition.term) === key ? plain(condition.of) : undefined;
    const isEqual = 'left' in condition && condition.op === '=' && keyOf(condition.left) === key;
    return isEqual ? plain([condition.right]) : undefined;
  });
  return found.every((each) => each !== undefined) ? found.flat() : undefined;
}

function plain(terms: readonly Term[]): Labels | undefined {
  const labels = terms.map((each) => (each.kind === 'literal' ? each.value : undefined));
  return labels.every(isLabel) ? labels : undefined;
}

function isLabel(value: unknown): value is Label {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

const asked = new WeakMap<Unknown, Formula>();

/** Notes how it was asked whether such a value is there. */
export function noteAsked(value: Value, formula: Formula): Formula {
  if (value.kind === 'unknown' && value.labels && !asked.has(value)) asked.set(value, formula);
  return formula;
}

/**
 * Whether such a value is among others, where that follows from what it may be: from its being there at all, where all that
 * is there is among them.
 */
export function isAmong(value: Value, others: readonly Value[]): Formula | undefined {
  if (value.kind !== 'unknown' || !value.labels) return undefined;
  const among = new Set<unknown>(others.map(literalOf));
  if (among.has(undefined)) return undefined;
  const inside = value.labels.filter((each) => among.has(each));
  if (inside.length === 0) return FALSE;
  if (inside.length === value.labels.length) return TRUE;
  const isThere = value.labels.every((each) => among.has(each) === Boolean(each));
  return isThere ? asked.get(value) : undefined;
}
