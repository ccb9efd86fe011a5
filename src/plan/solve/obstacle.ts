import type { Comparison, Condition } from '../../condition/condition.ts';
import { examplesOf, termsOf } from '../../condition/logic.ts';
import { isKnownCall } from './calls.ts';
import { statusOf } from './expectation.ts';
import { mentionsOf } from './mentions.ts';
import { comparesPassword, passwordTest } from './passwords.ts';
import { columnOf, looksUpActor, readsCarrier, type Setting, setTerm } from './setting.ts';
import { comesFromStranger, needsStranger, refusalOf } from './stranger.ts';
import { ownerOf } from './world.ts';

/** What keeps a scenario from being solved by rows and a request alone. */
export type Obstacle =
  | { readonly kind: 'none' }
  /** Something we can't read is taken to go the way it does in every success. */
  | { readonly kind: 'assumed' }
  | { readonly kind: 'opaque' | 'external'; readonly reason: string };

export function obstacleOf(setting: Setting): Obstacle {
  let assumed = false;
  for (const condition of setting.when) {
    const refused = refusalIn(condition);
    if (refused !== null && refusalOf(setting) === null) return { kind: 'opaque', reason: refused };
    if (passwordTest(setting, condition) || aboutCarrier(setting, condition)) continue;
    if (asksRefusal(condition)) continue;
    const external = externalIn(condition);
    if (external !== null) {
      return { kind: 'external', reason: `depends on what ${external} answers` };
    }
    const drawn = drawnAtRandom(setting, condition);
    if (drawn !== null) {
      return { kind: 'opaque', reason: `needs \`${drawn}\`, which is drawn at random, twice` };
    }
    if (needsStranger(setting, condition) && !comesFromStranger(setting)) {
      return { kind: 'opaque', reason: 'needs a token signed for somebody who is not there' };
    }
    const opaque = opaqueIn(condition);
    if (opaque === null) continue;
    if (!isDefaultSide(setting, condition)) {
      return { kind: 'opaque', reason: `depends on \`${opaque}\`, which could not be read` };
    }
    assumed = true;
  }
  const hidden = hiddenFilter(setting);
  if (hidden !== null) {
    return {
      kind: 'opaque',
      reason: `a row is looked up by \`${hidden}\`, which could not be read`,
    };
  }
  return { kind: assumed ? 'assumed' : 'none' };
}

/** Why a token that is in order but for one thing is wanted; what no token is stands for every other refusal. */
function refusalIn(condition: Condition): string | null {
  if (!asksRefusal(condition) || condition.op !== '=') return null;
  const why = condition.right.kind === 'literal' ? String(condition.right.value) : 'something';
  return `needs a token that is refused for \`${why}\``;
}

function asksRefusal(condition: Condition): condition is Condition & Comparison {
  if (!('left' in condition)) return false;
  return condition.left.kind === 'call' && condition.left.fn === 'tokenRefusal';
}

/** The column of a violated key that the write fills with a random value: nobody can have it already. */
function drawnAtRandom(setting: Setting, condition: Condition): string | null {
  if (condition.kind !== 'conflict' || !condition.holds) return null;
  const write = setting.writes.get(condition.write);
  const table = write && setting.tables.get(write.table);
  const drawn = condition.columns.find((name) => {
    const column = columnOf(table, name);
    const term = write && column && setTerm(write, column);
    return term?.kind === 'call' && term.fn === 'random';
  });
  return drawn === undefined ? null : `${condition.write}.${drawn}`;
}

/** What can't be read in the WHERE of a query that must find something. */
function hiddenFilter(setting: Setting): string | null {
  for (const id of mentionsOf(setting).present) {
    const query = ownerOf(setting, id);
    if (!query || looksUpActor(setting.app, query)) continue;
    for (const condition of query.where) {
      const hidden = opaqueIn(condition);
      if (hidden !== null) return hidden;
    }
  }
  return null;
}

function externalIn(condition: Condition): string | null {
  if (condition.kind === 'external') return condition.name;
  const term = termsOf(condition).find((candidate) => candidate.kind === 'external');
  return term?.kind === 'external' ? term.name : null;
}

/** The text of what a condition holds that we could not read; null where all of it is known or is about who acts. */
export function unreadIn(setting: Setting, condition: Condition): string | null {
  const known = passwordTest(setting, condition) || aboutCarrier(setting, condition);
  return known ? null : opaqueIn(condition);
}

function opaqueIn(condition: Condition): string | null {
  if (condition.kind === 'opaque') return examplesOf(condition).length > 0 ? null : condition.text;
  if ('left' in condition && comparesPassword(condition)) return 'the password';
  for (const term of termsOf(condition)) {
    if (term.kind === 'opaque') return term.text;
    if (term.kind === 'call' && !isKnownCall(term.fn)) return `${term.fn}(…)`;
  }
  return null;
}

function aboutCarrier({ app }: Setting, condition: Condition): boolean {
  if (!('left' in condition)) return false;
  return readsCarrier(app, condition.left) || readsCarrier(app, condition.right);
}

/** Whether every success of the route needs this same side: a plain valid request most likely takes it. */
export function isDefaultSide(setting: Setting, condition: Condition): boolean {
  const wanted = sideOf(condition);
  const successes = setting.route.outcomes.filter((outcome) => statusOf(outcome) < 400);
  const sides = successes.map((outcome) => flatten(outcome.when).map(sideOf));
  const [subject] = wanted.split('\n');
  return (
    sides.some((side) => side.includes(wanted)) &&
    sides.every((side) => !side.some((item) => item !== wanted && item.startsWith(`${subject}\n`)))
  );
}

function flatten(conditions: readonly Condition[]): Condition[] {
  return conditions.flatMap((item) => (item.kind === 'any' ? flatten(item.of.flat()) : [item]));
}

function sideOf(condition: Condition): string {
  if (condition.kind === 'opaque') return `${condition.text}\n${condition.holds}`;
  const { at, ...rest } = condition;
  if (!('op' in rest)) return `${JSON.stringify(rest)}\n`;
  return `${JSON.stringify([rest.left, rest.right])}\n${rest.op}`;
}
