import type { Place } from '../../condition/condition.ts';
import { all, atom, type Formula, formulaKey, isFalse, isTrue, not } from './formula.ts';
import { literalOf, type Value } from './values.ts';

/** What a page shows under a condition. */
export interface Screen {
  readonly text: readonly string[];
  readonly when: Formula;
}

interface Shown {
  readonly text: string;
  readonly under: readonly Formula[];
}

const TOGETHER = 2;

/**
 * The screens a rendered response may show: every combination of at most two conditions, else one
 * screen for each side of each condition.
 */
export function screens(
  parts: readonly Value[],
  { when, at }: { when: Formula; at: Place },
): readonly Screen[] {
  const shown = parts
    .flatMap((part) => shownIn(part, { under: [], at }))
    .filter(({ text }) => text !== '');
  const open = decisionsOf(shown).filter(
    (each) => !isFalse(all([when, each])) && !isFalse(all([when, not(each)])),
  );
  const cases = open.length <= TOGETHER ? combinations(open) : stacks(shown);
  const seen = cases
    .map((each) => ({ when: all([when, each]), text: textUnder(shown, all([when, each])) }))
    .filter((screen) => !isFalse(screen.when));
  const distinct = withoutRepeats(seen);
  const [only] = distinct;
  return only && distinct.length === 1 ? [{ when, text: only.text }] : distinct;
}

/** The conditions texts stand under, each once whichever side is meant. */
function decisionsOf(shown: readonly Shown[]): readonly Formula[] {
  const decisions = new Map<string, Formula>();
  for (const each of shown.flatMap(({ under }) => under)) {
    if (!decisions.has(formulaKey(not(each)))) decisions.set(formulaKey(each), each);
  }
  return [...decisions.values()];
}

/** What has to hold for each text to be there. */
function stacks(shown: readonly Shown[]): readonly Formula[] {
  const found = new Map(
    shown.map(({ under }) => all(under)).map((each) => [formulaKey(each), each]),
  );
  return [...found.values()].filter((each) => !isTrue(each)).slice(0, 16);
}

/** Of the cases that show the same, the first and plainest says it all. */
function withoutRepeats(seen: readonly Screen[]): readonly Screen[] {
  const kept = new Map<string, Screen>();
  for (const screen of seen) {
    const key = JSON.stringify(screen.text);
    if (!kept.has(key)) kept.set(key, screen);
  }
  return [...kept.values()];
}

function combinations(decisions: readonly Formula[]): Formula[] {
  return decisions.reduce<Formula[]>(
    (cases, each) => cases.flatMap((before) => [all([before, each]), all([before, not(each)])]),
    [all([])],
  );
}

/** Texts that are surely there. */
function textUnder(shown: readonly Shown[], when: Formula): string[] {
  const facts = new Set((when.kind === 'all' ? when.of : [when]).map(formulaKey));
  const sure = shown.filter(({ under }) =>
    under.every(
      (each) =>
        isTrue(each) ||
        (each.kind === 'all' ? each.of : [each]).every((part) => facts.has(formulaKey(part))),
    ),
  );
  return [...new Set(sure.map(({ text }) => text))];
}

interface Standing {
  readonly under: readonly Formula[];
  readonly at: Place;
}

function shownIn(value: Value, { under, at }: Standing): Shown[] {
  const within = (part: Value, when: Formula | null) =>
    shownIn(part, { under: when ? [...under, when] : under, at });
  switch (value.kind) {
    case 'jsx':
      return value.parts.flatMap((part) => within(part, null));
    case 'choice':
      return [...within(value.yes, value.when), ...within(value.no, not(value.when))];
    case 'array':
      return value.items.value.flatMap((item) => within(item.value, item.when));
    case 'list':
      return within(value.element(value.query), atom({ kind: 'exists', at, query: value.query }));
    case 'term': {
      const said = literalOf(value);
      return typeof said === 'string' && said.trim() ? [{ text: plainText(said), under }] : [];
    }
    default:
      return [];
  }
}

function plainText(text: string): string {
  return text.includes('<')
    ? text
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim()
    : text;
}
