import type { Condition, Term } from '../condition/condition.ts';
import type { Table } from '../db/db.ts';
import { canonicalJson } from '../kernel/digest.ts';
import { mintFor, signedTable } from './mint.ts';
import type { Auth, Route } from './model.ts';
import type { TokenUse } from './trace/machine.ts';
import { partsOf } from './trace/terms.ts';

/** Whom a route's guards say requests come from. */
interface Actor {
  readonly carrier: Auth['carrier'];
  readonly session: { readonly table: string; readonly column: string };
  readonly table: string;
  readonly claim: string | null;
}

type Door = NonNullable<Auth['signIn']>;

/**
 * How an app knows its users: what most guards look up or, where tokens are signed and nothing is looked up,
 * what they refuse to do without; and the routes that hash or compare a password. Null where nobody is known.
 */
export function readAuth(
  routes: readonly Route[],
  traced: readonly { readonly actor: Actor | null; readonly tokens: readonly TokenUse[] }[],
  tables: readonly Table[],
): Auth | null {
  const actors = traced.flatMap(({ actor }) => actor ?? []);
  const looked = mostCommon(actors.map(plainActor));
  const demanded = mostCommon(routes.flatMap((route) => demandedCarrier(route) ?? []));
  const stored = looked && !isKey(looked.most, tables) ? looked : undefined;
  const carrier = (looked && looked.times >= (demanded?.times ?? 0) ? looked.most : undefined)
    ?.carrier;
  const actor = looked?.most.table ?? first(routes, hashedTable) ?? signedTable(traced, tables);
  if (actor === null || (!carrier && !demanded)) return null;
  const doors = openFirst(routes);
  const mint = mintFor(looked?.most ?? unnamed(actor), traced, tables);
  return {
    carrier: carrier ?? demanded?.most ?? { from: 'headers', name: 'authorization' },
    session: carrier && stored ? stored.most.session : null,
    actor,
    signIn:
      first(doors, (route) => signInBy(route, actor)) ??
      first(doors, (route) => signInByName(route, actor)),
    signUp:
      first(doors, (route) => signUpBy(route, actor, passwordIn)) ??
      first(doors, (route) => signUpBy(route, actor, namedPassword)),
    passwordColumn:
      first(routes, (route) => hashedColumn(route, actor)) ?? namedColumn(actor, tables),
    ...(mint ? { mint } : {}),
    handed: false,
  };
}

/** Somebody whom no look-up names: by whatever key of theirs the app's tokens are made of. */
function unnamed(actor: string): Parameters<typeof mintFor>[0] {
  return { session: { table: actor, column: '' }, table: actor, claim: null };
}

function plainActor({ carrier, session, table, claim }: Actor): Actor {
  return { carrier, session: { table: session.table, column: session.column }, table, claim };
}

/** A look-up of the actor by its own key: the token was signed and says who it is, nothing stores it. */
function isKey({ session, table }: Actor, tables: readonly Table[]): boolean {
  const owner = tables.find(({ id }) => id === table);
  return session.table === table && owner?.primaryKey.includes(session.column) === true;
}

/** The cookie or header whose absence a route answers with 401, or with an error of that name. */
function demandedCarrier(route: Route): Auth['carrier'] | null {
  const refusals = route.outcomes.filter(
    ({ status, error }) => status === 401 || /^Unauthori[sz]ed/.test(error ?? ''),
  );
  const conditions = refusals.flatMap(({ when }) => when.flatMap(flat));
  return first(conditions, (condition) => {
    if (condition.kind !== 'input' || condition.is !== 'missing') return null;
    const [name] = condition.path;
    const { from } = condition;
    return name && (from === 'cookies' || from === 'headers') ? { from, name } : null;
  });
}

function flat(condition: Condition): Condition[] {
  return condition.kind === 'any' ? condition.of.flat().flatMap(flat) : [condition];
}

/** Routes without guards come first: nobody is signed in before signing in. */
function openFirst(routes: readonly Route[]): Route[] {
  const open = routes.filter(({ guards }) => guards.length === 0);
  return [...open, ...routes.filter(({ guards }) => guards.length > 0)];
}

/** An insert of the actor's row with a password in it, as `find` knows one. */
function signUpBy(route: Route, table: string, find: (term: Term) => string | null): Door | null {
  for (const write of route.writes) {
    if (write.kind !== 'insert' || write.table !== table) continue;
    const password = first(Object.values(write.set), find) ?? keptApart(route, table);
    if (password === null) continue;
    const fields = Object.entries(write.set).flatMap(([column, term]) => {
      const path = bodyPath(term);
      return path === null || path === password ? [] : [[path, column] as const];
    });
    return { route: route.id, fields: Object.fromEntries(fields), password };
  }
  return null;
}

/** The password that the same request keeps, hashed, in a table of its own. */
function keptApart({ writes }: Route, table: string): string | null {
  const others = writes.filter((write) => write.kind === 'insert' && write.table !== table);
  return first(
    others.flatMap(({ set }) => Object.values(set)),
    passwordIn,
  );
}

/** A password compared with what the actor's row holds, that row being found by the body. */
function signInBy(route: Route, table: string): Door | null {
  const compared = firstTerm(route.outcomes, (term) => partIn(term, 'passwordMatches'));
  const password =
    compared?.kind === 'call' && compared.args[0] ? anyBodyPath(compared.args[0]) : null;
  if (password === null) return null;
  return lookUpBy(route, table, password);
}

/** Where nothing shows how passwords are compared: the actor looked up beside a field of that name. */
function signInByName(route: Route, table: string): Door | null {
  const { body } = route.input;
  const properties = typeof body === 'object' && body !== null && 'properties' in body;
  const names = properties ? Object.keys(body['properties'] ?? {}) : [];
  const password = names.find((name) => PASSWORD.test(name));
  const inserts = route.writes.some((write) => write.kind === 'insert' && write.table === table);
  const refuses = route.outcomes.some(({ status }) => status === 400 || status === 401);
  return password && refuses && !inserts ? lookUpBy(route, table, password) : null;
}

function lookUpBy(route: Route, table: string, password: string): Door | null {
  const found = route.reads.filter((read) => read.table === table);
  const fields = found.flatMap(({ where }) => where.flatMap(equalities));
  if (fields.length === 0) return null;
  return { route: route.id, fields: Object.fromEntries(fields), password };
}

const PASSWORD = /^(password|passwd|pwd)$/i;

function namedPassword(term: Term): string | null {
  const path = bodyPath(term);
  return path !== null && PASSWORD.test(path.split('.').at(-1) ?? '') ? path : null;
}

function namedColumn(actor: string, tables: readonly Table[]): string | null {
  const owner = tables.find(({ id }) => id === actor);
  const named = /^(hashed_|encrypted_)?passw(or)?d(_?hash)?$/i;
  return owner?.columns.find(({ name }) => named.test(name))?.name ?? null;
}

/** The table a hashed password goes into. */
function hashedTable({ writes }: Route): string | null {
  return first(writes, ({ set, table }) =>
    Object.values(set).some((term) => partIn(term, 'passwordHash')) ? table : null,
  );
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

/** What the first term of the endings' conditions that `find` knows comes to; each condition is looked at once. */
function firstTerm<To>(outcomes: Route['outcomes'], find: (term: Term) => To | null): To | null {
  const seen = new Set<Condition>();
  const visit = (condition: Condition): To | null => {
    if (seen.has(condition)) return null;
    seen.add(condition);
    if (condition.kind === 'any') return first(condition.of, (way) => first(way, visit));
    return first(termsOf(condition), find);
  };
  return first(outcomes, ({ when }) => first(when, visit));
}

function termsOf(condition: Condition): readonly Term[] {
  if (condition.kind === 'opaque') return condition.terms;
  return 'left' in condition ? [condition.left, condition.right] : [];
}

function mostCommon<T>(values: readonly T[]): { most: T; times: number } | undefined {
  const counts = new Map<string, { most: T; times: number }>();
  for (const most of values) {
    const key = canonicalJson(most);
    counts.set(key, { most, times: (counts.get(key)?.times ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.times - a.times)[0];
}

function first<From, To>(values: readonly From[], find: (value: From) => To | null): To | null {
  for (const value of values) {
    const found = find(value);
    if (found !== null) return found;
  }
  return null;
}
