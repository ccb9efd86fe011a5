import type { Condition, Term } from '../../condition/condition.ts';
import { withRowsNamed } from '../../condition/logic.ts';
import { fromConditions, toConditions } from './conditions.ts';
import {
  type Formula,
  formulaKey,
  given,
  isFalse,
  isTrue,
  not,
  TRUE,
  weightOf,
} from './formula.ts';
import { comesTo, isAnswer, isFlag, isScreen, isWritten } from './in-every-case.ts';
import { labelsOf } from './labels.ts';
import { sameValue } from './same-value.ts';
import { onceSet } from './set-once.ts';
import { byShape } from './shapes.ts';
import { isTooLarge } from './term-size.ts';
import {
  type Cell,
  type ChoiceValue,
  cell,
  literal,
  openCell,
  type Type,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

const DEPTH = 5;

const SEVERAL = 'a value set in several branches';

/** What it depends on which of two values it is may weigh so much, and no more says anything. */
const HEAVIEST = 200;

/** A value as a term; what has no term of its own is opaque under its text. */
export function toTerm(value: Value, text = ''): Term {
  switch (value.kind) {
    case 'term':
      return value.term;
    case 'undefined':
      return { kind: 'literal', value: null };
    case 'test':
      return testTerm(value.formula);
    case 'list':
      return { kind: 'rows', query: value.query };
    case 'choice':
      if (weightOf(value.when) > HEAVIEST) return { kind: 'opaque', text: text || SEVERAL };
      return bounded(
        {
          kind: 'choice',
          when: toConditions(value.when),
          yes: toTerm(value.yes, text),
          no: toTerm(value.no, text),
        },
        text,
      );
    case 'array':
      return bounded(arrayTerm(value.items.value.map((item) => toTerm(item.value, text))), text);
    case 'unknown':
      return { kind: 'opaque', text: value.text };
    case 'object':
      return objectTerm(value.fields.value) ?? { kind: 'opaque', text: text || 'object' };
    default:
      return { kind: 'opaque', text: text || value.kind };
  }
}

function bounded(whole: Term, text: string): Term {
  return isTooLarge(whole) ? { kind: 'opaque', text: text || SEVERAL } : whole;
}

/** A choice of values, or one of terms as such; undefined for anything else. */
export function choiceIn(value: Value): ChoiceValue | undefined {
  if (value.kind === 'choice') return value;
  if (value.kind !== 'term' || value.term.kind !== 'choice') return undefined;
  const { when, yes, no } = value.term;
  return { kind: 'choice', when: fromConditions(when), yes: term(yes), no: term(no) };
}

function testTerm(formula: Formula): Term {
  if (isTrue(formula)) return { kind: 'literal', value: true };
  if (isFalse(formula)) return { kind: 'literal', value: false };
  const yes: Term = { kind: 'literal', value: true };
  return {
    kind: 'choice',
    when: toConditions(formula),
    yes,
    no: { kind: 'literal', value: false },
  };
}

function arrayTerm(items: readonly Term[]): Term {
  return items.every((item) => item.kind === 'literal')
    ? { kind: 'literal', value: items.map((item) => (item.kind === 'literal' ? item.value : null)) }
    : { kind: 'call', fn: 'array', args: items };
}

function objectTerm(fields: ReadonlyMap<string, Value>): Term | undefined {
  const entries = [...fields].map(([name, value]) => [name, toTerm(value)] as const);
  const flat: Record<string, never> = {};
  for (const [name, item] of entries) {
    if (item.kind !== 'literal') return undefined;
    Object.assign(flat, { [name]: item.value });
  }
  return { kind: 'literal', value: flat };
}

/** The terms worth naming where a value can't be typed. */
export function termsIn(value: Value): readonly Term[] {
  if (value.kind === 'unknown') return value.terms;
  if (value.kind === 'row') return [{ kind: 'rows', query: value.query }];
  if (value.kind === 'list') return [{ kind: 'rows', query: value.query }];
  if (value.kind === 'choice') return [...termsIn(value.yes), ...termsIn(value.no)];
  if (value.kind === 'array') return value.items.value.flatMap((item) => termsIn(item.value));
  if (value.kind === 'object') return [...value.fields.value.values()].flatMap(termsIn).slice(0, 8);
  if (value.kind !== 'term' || value.term.kind === 'literal') return [];
  return [value.term];
}

/** Every term inside a term, itself first; conditions of a choice are not entered. */
export function partsOf(whole: Term): readonly Term[] {
  switch (whole.kind) {
    case 'arith':
      return [whole, ...partsOf(whole.left), ...partsOf(whole.right)];
    case 'call':
      return [whole, ...whole.args.flatMap(partsOf)];
    case 'choice':
      return [whole, ...partsOf(whole.yes), ...partsOf(whole.no)];
    case 'aggregate':
      return whole.of ? [whole, ...partsOf(whole.of)] : [whole];
    default:
      return [whole];
  }
}

/** The same with a row going by another id. */
export function renamed<T extends Term | Condition>(thing: T, from: string, to: string): T {
  return from === to ? thing : withRowsNamed(thing, new Map([[from, to]]));
}

/** `when ? yes : no`; too deep a choice is no longer followed. */
export function choose(when: Formula, yes: Value, no: Value): Value {
  if (isTrue(when)) return yes;
  if (isFalse(when)) return no;
  if (yes.kind === 'choice' || no.kind === 'choice') {
    const [inner, outer] = [under(yes, when), under(no, not(when))];
    if (inner !== yes || outer !== no) return choose(when, inner, outer);
  }
  if (sameValue(yes, no)) return yes;
  const joined = yes.kind === 'special' && no.kind === 'special' && yes.joined?.(when, no);
  if (joined) return joined;
  if (countEnds(yes) + countEnds(no) <= ENDS && isFlag(yes) && isFlag(no))
    return { kind: 'choice', when, yes, no };
  if (countEnds(yes) + countEnds(no) <= WRITTEN && isWritten(yes) && isWritten(no))
    return { kind: 'choice', when, yes, no };
  const most = isAnswer(yes) && isAnswer(no) ? ENDS : SHOWN;
  if (isShown(yes, no) && countEnds(yes) + countEnds(no) <= most)
    return { kind: 'choice', when, yes, no };
  if (depthOf(yes) + depthOf(no) >= DEPTH * 2 || Math.max(depthOf(yes), depthOf(no)) >= DEPTH) {
    const choice = { kind: 'choice', when, yes, no } as const;
    const shaped = byShape(when, { yes, no }, sameShape);
    if (shaped) return shaped;
    return countEnds(choice) <= WRITTEN && onceSet(choice) ? choice : oneOfMany(choice);
  }
  return { kind: 'choice', when, yes, no };
}

/** A choice of too many, of which is known what it may be at most. */
function oneOfMany(choice: ChoiceValue): Value {
  const labels = labelsOf(choice, TRUE);
  return unknown(SEVERAL, termsIn(choice), labels);
}

/** Of two objects of the same fields one whose fields are either's; nothing stays what it is. */
function sameShape(when: Formula, yes: Value, no: Value): Value {
  if (yes.kind !== 'object' || no.kind !== 'object') return yes;
  return object(yes.fields.merge(when, yes.fields.value, no.fields.value));
}

/** What is left of a value where a formula holds. */
function under(value: Value, formula: Formula): Value {
  if (value.kind !== 'choice') return value;
  const parts = formula.kind === 'all' ? formula.of : [formula];
  const when = given(value.when, new Set(parts.map(formulaKey)));
  if (when === value.when) return value;
  if (isTrue(when)) return value.yes;
  if (isFalse(when)) return value.no;
  return { ...value, when };
}

/** As many screens, or answers, as what shows or gives them to its caller may return. */
const SHOWN = 40;

function isShown(yes: Value, no: Value): boolean {
  return [yes, no].some((each) => isScreen(each) || comesTo(each, 'response'));
}

/** As many ends as the choice of a truth may have: sides shared by choice after choice double them. */
const ENDS = 200;

/** As many ends as the choice of what is written out may have. */
export const WRITTEN = 32;

const ends = new WeakMap<ChoiceValue, number>();

function countEnds(value: Value): number {
  if (value.kind !== 'choice') return 1;
  const known = ends.get(value) ?? countEnds(value.yes) + countEnds(value.no);
  ends.set(value, known);
  return known;
}

/** What a choice may come to. */
export function endsOf(value: Value): readonly Value[] {
  return value.kind === 'choice' ? [...endsOf(value.yes), ...endsOf(value.no)] : [value];
}

function depthOf(value: Value): number {
  return value.kind === 'choice' ? 1 + Math.max(depthOf(value.yes), depthOf(value.no)) : 0;
}

/** Applies `work` to each end of a choice. */
export function overChoice(value: Value, work: (value: Value) => Value): Value {
  if (value.kind !== 'choice') return work(value);
  return choose(value.when, overChoice(value.yes, work), overChoice(value.no, work));
}

export function variable(value: Value): Cell<Value> {
  return cell(value, choose);
}

export function fieldsCell(fields: ReadonlyMap<string, Value>): Cell<ReadonlyMap<string, Value>> {
  return cell(
    fields,
    (when, yes, no) =>
      new Map(
        [...new Set([...yes.keys(), ...no.keys()])].map((name) => [
          name,
          choose(when, yes.get(name) ?? UNDEFINED, no.get(name) ?? UNDEFINED),
        ]),
      ),
  );
}

export function object(fields: Iterable<readonly [string, Value]> = [], open = false): Value {
  return { kind: 'object', fields: fieldsCell(new Map(fields)), open: openCell(open) };
}

/** A call of a function the solver knows by name. */
export function called(fn: string, args: readonly Value[], type: Type = typed('unknown')): Value {
  return term({ kind: 'call', fn, args: args.map((arg) => toTerm(arg)) }, type);
}

export function truthValue(formula: Formula): Value {
  if (isTrue(formula)) return literal(true);
  return isFalse(formula) ? literal(false) : { kind: 'test', formula };
}
