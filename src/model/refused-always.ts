import { type Finding, finding } from '../kernel/finding.ts';
import type { Outcome, Route } from './model.ts';

/** So many refused whatever is asked are no stubs. */
const REFUSED = 3;

/** What refuses others beside may let one in ten of those it meets pass that have no more to lose. */
const PASSED = 0.1;

interface Refusal extends Pick<Outcome, 'at' | 'status'> {
  readonly route: Route;
  /** How far along it is: what it takes to come here. */
  readonly steps: number;
}

/**
 * Places where requests end that nothing is known to lead past: the routes refused there, with the same status, have no
 * other ending than refusals.
 */
export function refusedAlways(routes: readonly Route[]): Finding[] {
  const left = new Set(routes.filter(isRefused));
  const passed = Map.groupBy(
    routes.filter((route) => !isRefused(route)).flatMap(refusalsOf),
    placeOf,
  );
  const found: Finding[] = [];
  for (;;) {
    const places = [...Map.groupBy([...left].flatMap(refusalsOf), placeOf)];
    const closed = places.filter(([place, { length }]) => {
      return length >= REFUSED && (passed.get(place)?.length ?? 0) <= length * PASSED;
    });
    const [, most] = closed.sort(([, a], [, b]) => farther(a, b))[0] ?? [];
    const [first] = most ?? [];
    if (!most || !first) return found;
    const { file, line } = first.at;
    const facts = { routes: most.length, status: first.status, route: first.route.id };
    found.push(finding('model.refusedAlways', { severity: 'warning', file, line, facts }));
    for (const { route } of most) left.delete(route);
  }
}

function isRefused({ outcomes }: Route): boolean {
  return outcomes.length > 0 && outcomes.every(({ status }) => (status ?? 0) >= 400);
}

/** A route's refusals, each place once. */
function refusalsOf(route: Route): Refusal[] {
  const all = route.outcomes
    .filter(({ status }) => (status ?? 0) >= 400)
    .map(({ at, status, when }) => ({ at, status, route, steps: when.length }));
  return [...new Map(all.map((each) => [placeOf(each), each])).values()];
}

function placeOf({ at, status }: Refusal): string {
  return `${at.file}:${at.line} ${status}`;
}

/** Where most are refused, and of places that refuse as many the last. */
function farther(one: readonly Refusal[], other: readonly Refusal[]): number {
  return other.length - one.length || stepsOf(other) - stepsOf(one);
}

function stepsOf(refusals: readonly Refusal[]): number {
  return Math.min(...refusals.map(({ steps }) => steps));
}
