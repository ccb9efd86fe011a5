import { claimPath, withClaims } from '../../condition/claims.ts';
import type { Condition, Place, Term } from '../../condition/condition.ts';
import type { App, Query, Write } from '../../model/model.ts';
import { isCarried } from './carried.ts';

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
  if (!auth?.handed || !auth.mint) return setting;
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
  const mapping = { known, paths: Object.keys(claims) };
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
  /** The claims that tokens make. */
  readonly paths: readonly string[];
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

/** The same with other terms in the place of some. */
function mapTerms<T>(value: T, { known, paths }: Mapping): T {
  if (Array.isArray(value)) return value.map((item) => mapTerms(item, { known, paths })) as T;
  if (typeof value !== 'object' || value === null) return value;
  if ('kind' in value && value.kind === 'choice') {
    const way = wayTaken(value as unknown as Term & { kind: 'choice' }, paths);
    if (way) return mapTerms(way, { known, paths }) as T;
  }
  const other =
    'kind' in value && value.kind === 'call' ? known(value as unknown as Term) : undefined;
  if (other) return other as T;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === 'at' ? item : mapTerms(item, { known, paths }),
    ]),
  ) as T;
}
