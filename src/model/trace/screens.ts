import { all, type Formula, formulaKey, isFalse, isTrue, not } from './formula.ts';
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
export function screens(parts: readonly Value[], when: Formula): readonly Screen[] {
  const shown = parts.flatMap((part) => shownIn(part, []));
  const decisions = new Map<string, Formula>();
  for (const { under } of shown) {
    for (const each of under) {
      const opposite = formulaKey(not(each));
      if (!decisions.has(opposite)) decisions.set(formulaKey(each), each);
    }
  }
  const open = [...decisions.values()].filter(
    (each) => !isFalse(all([when, each])) && !isFalse(all([when, not(each)])),
  );
  const cases =
    open.length <= TOGETHER ? combinations(open) : open.flatMap((each) => [each, not(each)]);
  return cases
    .map((each) => ({ when: all([when, each]), text: textUnder(shown, all([when, each])) }))
    .filter((screen) => !isFalse(screen.when));
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

function shownIn(value: Value, under: readonly Formula[]): Shown[] {
  switch (value.kind) {
    case 'jsx':
      return value.parts.flatMap((part) => shownIn(part, under));
    case 'choice':
      return [
        ...shownIn(value.yes, [...under, value.when]),
        ...shownIn(value.no, [...under, not(value.when)]),
      ];
    case 'array':
      return value.items.value.flatMap((item) =>
        shownIn(item.value, item.when ? [...under, item.when] : under),
      );
    case 'list':
      return shownIn(value.element(value.query), [...under, rowsThere(value.query)]);
    case 'term': {
      const said = literalOf(value);
      return typeof said === 'string' && said.trim() ? [{ text: plainText(said), under }] : [];
    }
    default:
      return [];
  }
}

function rowsThere(query: string): Formula {
  const at = { file: '', line: 0, symbol: '', hash: '' };
  return { kind: 'atom', condition: { kind: 'exists', at, query } };
}

function plainText(text: string): string {
  return text.includes('<')
    ? text
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim()
    : text;
}
