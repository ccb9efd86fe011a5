import type { Json } from '../kernel/digest.ts';
import type { Outcome } from '../model/model.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import { at, type Observed } from './compare.ts';
import { squeeze } from './visible-text.ts';

/** A scenario with the outcome it ends in. */
export interface Ending {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
}

/**
 * The scenarios whose ending fits what came back, by id: those whose literals are in the answer if
 * there are any, else those that only share its status. Several ids mean it can't be told.
 */
export function endingsThatFit(endings: readonly Ending[], observed: Observed): readonly string[] {
  const fitting = endings
    .map(({ scenario, outcome }) => ({ id: scenario.id, hits: hits(outcome, observed) }))
    .filter((entry): entry is { id: string; hits: number } => entry.hits !== null);
  const best = Math.max(0, ...fitting.map((entry) => entry.hits));
  return [...new Set(fitting.filter((entry) => entry.hits === best).map((entry) => entry.id))];
}

/** How many of its literals the answer holds; null when one of them, or the status, speaks against it. */
function hits(outcome: Outcome, observed: Observed): number | null {
  const status = outcome.status ?? 200;
  if (status !== observed.status) return null;
  let found = 0;
  for (const { path, value } of outcome.body) {
    if (value.kind !== 'literal') continue;
    if (!same(at(observed.body, path.join('.')), value.value as Json)) return null;
    found += 1;
  }
  if (outcome.code !== null) {
    if (!holds(observed, outcome.code)) return null;
    found += 1;
  }
  const text = squeeze(observed.text ?? '');
  for (const literal of outcome.text) {
    if (!text.includes(squeeze(literal))) return null;
    found += 1;
  }
  return found;
}

function same(actual: Json | undefined, expected: Json): boolean {
  return JSON.stringify(actual ?? null) === JSON.stringify(expected);
}

/** The machine code stands somewhere in the body as a whole value, or in the address of a redirect. */
function holds(observed: Observed, code: string): boolean {
  return contains(observed.body, code) || (observed.location ?? '').includes(code);
}

function contains(body: Json, code: string): boolean {
  if (typeof body === 'string') return body === code;
  return (
    typeof body === 'object' && body !== null && Object.values(body).some((v) => contains(v, code))
  );
}
