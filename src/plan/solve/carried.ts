import type { Condition, Term } from '../../condition/condition.ts';
import { negate } from '../../condition/logic.ts';
import { type App, isCarrier, type Query, type Route } from '../../model/model.ts';

type Carrier = NonNullable<App['auth']>['carrier'];

/**
 * Whether somebody can become known: signed up by one route of the app and in by another, or signed in
 * by the user's config.
 */
export function signsIn({ auth }: App): boolean {
  return auth?.handed === true || Boolean(auth?.signIn && auth.signUp);
}

/** Whether a term reads the cookie or header that says who a request comes from. */
export function isCarried(carrier: Carrier | null, term: Term): boolean {
  if (term.kind === 'call') return term.args.some((arg) => isCarried(carrier, arg));
  if (term.kind === 'arith') return isCarried(carrier, term.left) || isCarried(carrier, term.right);
  return term.kind === 'input' && carrier !== null && isCarrier(carrier, term);
}

/**
 * Where nobody can sign up and in, a request is authenticated by a row that its key or token finds: that row
 * is needed like any other, and the request carries what finds it, in the shape the code asks for.
 */
export function asLookups(
  when: readonly Condition[],
  { app, route, queries }: { app: App; route: Route; queries: ReadonlyMap<string, Query> },
): Condition[] {
  const { auth } = app;
  if (!auth || signsIn(app)) return [...when];
  const lookup = [...queries.values()].find((query) => looksUp(auth.carrier, query));
  if (!lookup) return [...when];
  let looked = false;
  const said = when.map((condition): Condition => {
    const authenticated = condition.kind === 'actor' && condition.is === 'authenticated';
    const about = 'query' in condition && condition.query === lookup.id;
    looked ||= authenticated || about;
    return authenticated ? { kind: 'exists', at: condition.at, query: lookup.id } : condition;
  });
  return looked ? [...said, ...shapeOf(auth.carrier, route)] : said;
}

function looksUp(carrier: Carrier, { where }: Query): boolean {
  return where.some(
    (part) => 'left' in part && (isCarried(carrier, part.left) || isCarried(carrier, part.right)),
  );
}

/** The opposite of what the route refuses in the text that is carried. */
function shapeOf(carrier: Carrier, { outcomes }: Route): Condition[] {
  const refused = outcomes.filter(({ status }) => status === 401).flatMap(({ when }) => when);
  return refused
    .flatMap((condition) => (condition.kind === 'any' ? condition.of : [[condition]]))
    .flatMap((way) => (way.length === 1 ? way : []))
    .filter((condition) => isShape(carrier, condition))
    .map(negate);
}

/** What is carried beside a literal: its scheme, its length. */
function isShape(carrier: Carrier, condition: Condition): boolean {
  if (condition.kind !== 'input' || condition.is !== 'compare') return false;
  const { left, right } = condition;
  return isCarried(carrier, left) && right.kind === 'literal';
}
