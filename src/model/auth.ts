import type { Condition, Term } from '../condition/condition.ts';
import type { Table } from '../db/db.ts';
import { canonicalJson } from '../kernel/digest.ts';
import type { Auth, Route } from './model.ts';

/** Whom a route's guards say requests come from. */
interface Actor {
  readonly carrier: Auth['carrier'];
  readonly session: { readonly table: string; readonly column: string };
  readonly table: string;
}

type Door = NonNullable<Auth['signIn']>;

/**
 * How an app knows its users: what most guards look up, and the routes that hash or compare a password.
 * Null where no guard looks anybody up.
 */
export function readAuth(
  routes: readonly Route[],
  actors: readonly (Actor | null)[],
  tables: readonly Table[],
): Auth | null {
  const actor = mostCommon(actors.filter((one) => one !== null));
  if (!actor) return null;
  const { carrier, session, table } = actor;
  const doors = openFirst(routes);
  const owner = tables.find((one) => one.id === table);
  return {
    carrier,
    session: { table: session.table, column: session.column },
    actor: table,
    signIn: first(doors, (route) => signInBy(route, table)),
    signUp: first(doors, (route) => signUpBy(route, table)),
    passwordColumn:
      first(routes, (route) => hashedColumn(route, table)) ??
      owner?.columns.find(({ name }) => /^(hashed_|encrypted_)?passw(or)?d(_?hash)?$/i.test(name))
        ?.name ??
      null,
  };
}

/** Routes without guards come first: nobody is signed in before signing in. */
function openFirst(routes: readonly Route[]): Route[] {
  const open = routes.filter(({ guards }) => guards.length === 0);
  return [...open, ...routes.filter(({ guards }) => guards.length > 0)];
}

/** An insert of the actor's row whose password the app hashes. */
function signUpBy(route: Route, table: string): Door | null {
  for (const write of route.writes) {
    if (write.kind !== 'insert' || write.table !== table) continue;
    const password = first(Object.values(write.set), passwordIn);
    if (password === null) continue;
    const fields = Object.entries(write.set).flatMap(([column, term]) => {
      const path = bodyPath(term);
      return path === null || path === password ? [] : [[path, column] as const];
    });
    return { route: route.id, fields: Object.fromEntries(fields), password };
  }
  return null;
}

/** A password compared with what the actor's row holds, that row being found by the body. */
function signInBy(route: Route, table: string): Door | null {
  const terms = route.outcomes.flatMap(({ when }) => when.flatMap(termsOf));
  const compared = first(terms, (term) => partIn(term, 'passwordMatches'));
  const password =
    compared?.kind === 'call' && compared.args[0] ? anyBodyPath(compared.args[0]) : null;
  if (password === null) return null;
  const found = route.reads.filter((read) => read.table === table);
  const fields = found.flatMap(({ where }) => where.flatMap(equalities));
  if (fields.length === 0) return null;
  return { route: route.id, fields: Object.fromEntries(fields), password };
}

function hashedColumn(route: Route, table: string): string | null {
  for (const write of route.writes) {
    if (write.table !== table) continue;
    const found = Object.entries(write.set).find(([, term]) => partIn(term, 'passwordHash'));
    if (found) return found[0];
  }
  return null;
}

/** The body path of the password a term hashes. */
function passwordIn(term: Term): string | null {
  const hash = partIn(term, 'passwordHash');
  return hash?.kind === 'call' && hash.args[0] ? anyBodyPath(hash.args[0]) : null;
}

function equalities(condition: Condition): (readonly [string, string])[] {
  if (condition.kind !== 'compare' || condition.op !== '=') return [];
  const sides = [
    [condition.left, condition.right],
    [condition.right, condition.left],
  ] as const;
  return sides.flatMap(([column, value]) => {
    const path = bodyPath(value);
    return column.kind === 'column' && path !== null ? [[path, column.column] as const] : [];
  });
}

/** The dotted path of a value taken from the body as it is, or but for case and blanks. */
function bodyPath(term: Term): string | null {
  if (term.kind === 'input') return term.from === 'body' ? term.path.join('.') : null;
  const [only] = term.kind === 'call' && /^(lower|trim)$/.test(term.fn) ? term.args : [];
  return only ? bodyPath(only) : null;
}

function anyBodyPath(term: Term): string | null {
  return first(partsOf(term), (part) => (part.kind === 'input' ? bodyPath(part) : null));
}

function partIn(term: Term, fn: string): Term | null {
  return partsOf(term).find((part) => part.kind === 'call' && part.fn === fn) ?? null;
}

function partsOf(term: Term): Term[] {
  switch (term.kind) {
    case 'call':
      return [term, ...term.args.flatMap(partsOf)];
    case 'arith':
      return [term, ...partsOf(term.left), ...partsOf(term.right)];
    case 'choice':
      return [term, ...partsOf(term.yes), ...partsOf(term.no)];
    case 'aggregate':
      return term.of ? [term, ...partsOf(term.of)] : [term];
    default:
      return [term];
  }
}

function termsOf(condition: Condition): Term[] {
  if (condition.kind === 'any') return condition.of.flat().flatMap(termsOf);
  if (condition.kind === 'opaque') return [...condition.terms];
  return 'left' in condition ? [condition.left, condition.right] : [];
}

function mostCommon(actors: readonly Actor[]): Actor | undefined {
  const counts = new Map<string, { actor: Actor; times: number }>();
  for (const { carrier, session, table } of actors) {
    const actor = { carrier, session: { table: session.table, column: session.column }, table };
    const key = canonicalJson(actor);
    counts.set(key, { actor, times: (counts.get(key)?.times ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.times - a.times)[0]?.actor;
}

function first<From, To>(values: readonly From[], find: (value: From) => To | null): To | null {
  for (const value of values) {
    const found = find(value);
    if (found !== null) return found;
  }
  return null;
}
