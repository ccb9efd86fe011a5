import type { Place } from '../../condition/condition.ts';
import { all, type Formula, formulaKey, given, isFalse, isTrue, not, some } from './formula.ts';
import { isImpossible, keysOf, partsOf, says, together } from './jsx-facts.ts';
import { type Shown, shownIn } from './jsx-shown.ts';
import type { Machine } from './machine.ts';
import type { Value } from './values.ts';

/** What a page surely shows under a condition; what is its own comes first. */
export interface View {
  readonly text: readonly string[];
  readonly when: Formula;
}

interface Standing {
  readonly when: Formula;
  readonly at: Place;
}

/**
 * The views a rendered value has: each screen it may be as a whole, and of each screen the plain view
 * and one view for each alternative of each of its parts (not their product).
 */
export function viewsOf(
  machine: Machine,
  parts: readonly Value[],
  { when, at }: Standing,
): readonly View[] {
  const [only] = parts;
  if (only && parts.length === 1) {
    if (only.kind === 'jsx') return viewsOf(machine, only.parts, { when, at });
    if (only.kind === 'choice') {
      return [
        ...viewsUnder(machine, only.yes, { when: together([when, only.when]), at }),
        ...viewsUnder(machine, only.no, { when: together([when, not(only.when)]), at }),
      ];
    }
  }
  return screenViews(machine, parts, { when, at });
}

function viewsUnder(machine: Machine, value: Value, standing: Standing): readonly View[] {
  return isFalse(standing.when) ? [] : viewsOf(machine, [value], standing);
}

function screenViews(
  machine: Machine,
  parts: readonly Value[],
  { when, at }: Standing,
): readonly View[] {
  const shown = parts
    .flatMap((part) => shownIn(part, { machine, under: [], at }))
    .map((each) => pieceOf(each, when));
  const found = alternativesOf(shown, when);
  const usual = found.filter((each) => isUsual(machine, each));
  const views = found
    .filter((each) => !usual.includes(each))
    .map((each) => ({ ...each, own: ownText(each, shown) }))
    .filter(({ own, blank }) => own.length > 0 || blank);
  const plain = { ...plainView(shown, { when, usual }), parts: [] };
  const all = [...(plain.own.length === 0 && views.length > 0 ? [] : [plain]), ...views];
  return all
    .filter((each) => !isCovered(each, views))
    .map((view) => ({
      when: view.when,
      text: [...new Set([...view.own, ...sureText(shown, view.when)])],
    }));
}

/** Something on a screen, all it stands under as one, and the keys of what decides whether it is there. */
interface Piece extends Shown {
  readonly needs: Formula;
  readonly deciding: ReadonlySet<string>;
}

function pieceOf(shown: Shown, when: Formula): Piece {
  return { ...shown, needs: all(shown.under), deciding: keysOf(decidingOf(shown.under, when)) };
}

/** The texts that are there whatever else holds. */
function sureText(shown: readonly Piece[], when: Formula): string[] {
  const facts = keysOf(when);
  const sure = shown.filter((each) => each.text !== null && isSure(each, { when, facts }));
  return [...new Set(sure.flatMap(({ text }) => text ?? []))];
}

/** Whether what is known leaves nothing to say of the conditions something stands under. */
function isSure(
  { needs, under }: Piece,
  { when, facts }: { when: Formula; facts: ReadonlySet<string> },
): boolean {
  if (says(when, facts, needs)) return true;
  return formulaKey(all([when, ...under])) === formulaKey(when);
}

/** A view whose own alternatives leave nothing else: they say it all. */
function isCovered(
  view: Pick<Alternative, 'when' | 'parts'>,
  views: readonly Alternative[],
): boolean {
  const within = views.filter(
    (other) =>
      other.parts.length > view.parts.length && isTrue(given(view.when, keysOf(other.when))),
  );
  return isImpossible([view.when, not(some(within.map(({ when }) => when)))]);
}

interface Alternative {
  readonly when: Formula;
  readonly own: readonly string[];
  /** What this alternative adds to what leads to the part it stands in. */
  readonly deciding: ReadonlySet<string>;
  readonly parts: readonly Formula[];
  readonly blank: boolean;
}

/** What may be on a screen and may not be, each once. */
function alternativesOf(shown: readonly Piece[], when: Formula): readonly Alternative[] {
  const found = new Map<string, Alternative>();
  for (const { under, blank, deciding } of shown) {
    const whole = together([when, ...under]);
    if (isFalse(whole)) continue;
    const parts = partsOf(given(whole, keysOf(when)));
    if (parts.length === 0) continue;
    const key = parts.map(formulaKey).join();
    const both = blank && (found.get(key)?.blank ?? true);
    found.set(key, { own: [], when: whole, deciding, parts, blank: both });
  }
  return [...found.values()];
}

/** The innermost condition that is still open where all before it hold. */
function decidingOf(under: readonly Formula[], when: Formula): Formula {
  for (let index = under.length - 1; index >= 0; index -= 1) {
    const before = together([when, ...under.slice(0, index)]);
    const last = under[index];
    const left = last ? given(last, keysOf(before)) : all([]);
    if (!isTrue(left)) return left;
  }
  return all([]);
}

/** Rows to show are the usual case of a page. */
function isUsual(machine: Machine, { parts, deciding }: Alternative): boolean {
  return parts.every((part) => {
    if (part.kind !== 'atom' || part.condition.kind !== 'exists') return false;
    const { query } = part.condition;
    const read = machine.reads.find((each) => each.id === query);
    const plain = read !== undefined && (read.of === null || read.where.length === 0);
    return plain && (read.many || !deciding.has(formulaKey(part)));
  });
}

/** Texts that this alternative alone brings on screen, with those that stand under the same decision. */
function ownText({ when, deciding }: Alternative, shown: readonly Piece[]): string[] {
  const facts = keysOf(when);
  const own = shown.filter(
    (each) =>
      each.text !== null &&
      [...each.deciding].some((key) => deciding.has(key)) &&
      says(when, facts, each.needs),
  );
  return [...new Set(own.flatMap(({ text }) => text ?? []))];
}

function plainView(
  shown: readonly Piece[],
  { when, usual }: { when: Formula; usual: readonly Alternative[] },
): Pick<Alternative, 'when' | 'own'> {
  const whole = usual.reduce((before, each) => {
    const next = together([before, ...each.parts]);
    return isFalse(next) ? before : next;
  }, when);
  return { when: whole, own: sureText(shown, whole) };
}
