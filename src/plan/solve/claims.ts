import type { Comparison, Condition, Place, Term } from '../../condition/condition.ts';
import { claimPath, withClaims } from '../../condition/logic.ts';
import { type App, type Query, sureClaims, type Write } from '../../model/model.ts';
import { isCarried, signsIn } from './carried.ts';

/** What of a setting speaks of terms. */
interface Speaking {
  readonly when: readonly Condition[];
  readonly queries: ReadonlyMap<string, Query>;
  readonly writes: ReadonlyMap<string, Write>;
}

/** The look-up of whoever acts, where the route has none of its own. */
const ACTING = '@acting';

/**
 * A setting in which the claims of a token we make ourselves are what they are made of: columns of the acting
 * user's row.
 */
export function withClaimedColumns<T extends Speaking>(setting: T, app: App, at: Place): T {
  const { auth } = app;
  if (!auth?.mint || !signsIn(app)) return setting;
  const { claims } = auth.mint;
  const looking = [...setting.queries.values()].filter((query) => looksUp(app, query));
  if (
    setting.when.some(
      (each) => each.kind === 'absent' && looking.some(({ id }) => id === each.query),
    )
  )
    return setting;
  const actor = looking[0]?.id ?? ACTING;
  let used = false;
  const known = (term: Term): Term | undefined => {
    const claim = claims[claimPath(term)?.join('.') ?? ''];
    if (!claim) return undefined;
    if ('value' in claim) return { kind: 'literal', value: claim.value };
    used = true;
    return { kind: 'column', row: actor, column: claim.column };
  };
  const flags = flagsOf(app, auth);
  const mapping = { known, flags, paths: sureClaims(auth, app.tables) };
  const own = new Set(looking.map(({ id }) => id));
  const queries = new Map(
    [...setting.queries].map(([id, query]) => [id, own.has(id) ? query : mapTerms(query, mapping)]),
  );
  const writes = mapTerms([...setting.writes], mapping);
  const when = mapTerms(setting.when, mapping);
  if (!used) return setting;
  if (actor === ACTING) queries.set(ACTING, acting(app, auth, at));
  const acts = when.some((each) => each.kind === 'actor' && each.is !== 'anonymous');
  const needed: Condition[] = acts ? [{ kind: 'exists', at, query: actor }] : [];
  return { ...setting, when: [...when, ...needed], queries, writes: new Map(writes) };
}

/** Whether a query looks the acting user's row up by what the request carries. */
function looksUp({ auth }: App, { table, where }: Query): boolean {
  return (
    table === auth?.actor &&
    where.some(
      (part) =>
        'left' in part && [part.left, part.right].some((side) => isCarried(auth.carrier, side)),
    )
  );
}

function acting(app: App, auth: NonNullable<App['auth']>, at: Place): Query {
  const key = app.tables.find(({ id }) => id === auth.actor)?.primaryKey[0] ?? 'id';
  const { from, name } = auth.carrier;
  const right: Term = { kind: 'input', from, path: [name] };
  const left: Term = { kind: 'column', row: ACTING, column: key };
  const where: Condition[] = [{ kind: 'compare', at, left, op: '=', right }];
  return {
    id: ACTING,
    table: auth.actor,
    many: false,
    where,
    joins: [],
    of: null,
    limit: null,
    offset: null,
    at,
  };
}

interface Mapping {
  readonly known: (term: Term) => Term | undefined;
  /** The claims that tokens always make. */
  readonly paths: readonly string[];
  /** Columns that are true or false: a claim of theirs is never null. */
  readonly flags: ReadonlySet<string>;
}

/** What a choice comes to where it asks for nothing but claims; undefined where it asks for more. */
function wayTaken(
  { when, yes, no }: Term & { kind: 'choice' },
  paths: readonly string[],
): Term | undefined {
  const left = when.map((each) => withClaims(paths, each));
  if (left.includes(null)) return no;
  return left.every((each) => each?.length === 0) ? yes : undefined;
}

function flagsOf({ tables }: App, { actor }: { readonly actor: string }): ReadonlySet<string> {
  const columns = tables.find(({ id }) => id === actor)?.columns ?? [];
  return new Set(columns.flatMap(({ name, type }) => (/^bool/.test(type) ? [name] : [])));
}

/** A claim that code takes for a flag, compared as such. */
function asFlag<T>(value: T, { flags }: Mapping): T {
  const { left, op, right } = value as Partial<Comparison>;
  const asked = left?.kind === 'column' && flags.has(left.column);
  if (!asked || right?.kind !== 'literal' || right.value !== null) return value;
  return { ...value, op: '=', right: { kind: 'literal', value: op === '!=' } };
}

/** The same with other terms in the place of some. */
function mapTerms<T>(value: T, mapping: Mapping): T {
  if (Array.isArray(value)) return value.map((item) => mapTerms(item, mapping)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const whole = value as Partial<Term & Comparison>;
  if (whole.kind === 'choice') {
    const way = wayTaken(whole as Term & { kind: 'choice' }, mapping.paths);
    if (way) return mapTerms(way, mapping) as T;
  }
  const other = whole.kind === 'call' ? mapping.known(whole as Term) : undefined;
  if (other) return other as T;
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    name === 'at' ? item : mapTerms(item, mapping),
  ]);
  const mapped = Object.fromEntries(entries) as T;
  return whole.left && mapping.known(whole.left) ? asFlag(mapped, mapping) : mapped;
}
