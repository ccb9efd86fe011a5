import type { Condition, Term } from '../condition/condition.ts';
import { conditionKey, negate } from '../condition/logic.ts';
import type { Outcome, Query, Route } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import type { Variant } from './scenarios.ts';
import { decidingOf } from './title.ts';
import { words } from './words.ts';

/** Near misses and boundaries beyond this many say little more. */
const MOST = 3;

/** The variants of a scenario worth having: near misses first, then boundaries, then collections. */
export function variantsOf(route: Route, outcome: Outcome, when: Conjunction): Variant[] {
  const reads = [...route.reads].sort((a, b) => (a.id < b.id ? -1 : 1));
  const queries = new Map(reads.map((query) => [query.id, query]));
  const ordered = [...when].sort((a, b) => (conditionKey(a) < conditionKey(b) ? -1 : 1));
  const near = ordered.flatMap((item) => {
    const query = item.kind === 'absent' ? queries.get(item.query) : undefined;
    return query ? nearMisses(query) : [];
  });
  const edges = decidingOf(route, ordered).flatMap((item) => boundary(item));
  const success = (outcome.status ?? 200) < 400;
  const lists = success ? reads.flatMap((query) => sizes(query, outcome, ordered)) : [];
  const all = [...near, ...edges, ...lists].map(
    (draft): Variant => ({
      ...draft,
      outcome: outcome.id,
    }),
  );
  const distinct = new Map(all.map((variant) => [variant.slug, variant]));
  return [...distinct.values()].slice(0, MOST);
}

type Draft = Omit<Variant, 'outcome'>;

/** Rows that would be found but for one part of the query's WHERE. */
function nearMisses(query: Query): Draft[] {
  if (query.of !== null || query.where.length < 2) return [];
  return query.where.flatMap((part, index): Draft[] => {
    if (!isFlippable(part, [query.id, ...query.joins.map((join) => join.id)])) return [];
    const flipped = [...query.where];
    flipped[index] = negate(part);
    const id = `${query.id}#near`;
    const near: Query = { ...renamed({ ...query, where: flipped }, id), many: false };
    const missed = words(negate(part));
    return [
      {
        slug: `near: ${missed}`,
        title: `There is a ${query.id.replace(/#.*$/, '')}, but ${missed}`,
        when: [{ kind: 'exists', query: id, at: part.at }],
        reads: [near],
      },
    ];
  });
}

/** Parts that narrow the rows down: a state, an owner. What identifies the row stays as it is. */
function isFlippable(part: Condition, rows: readonly string[]): boolean {
  if (part.kind !== 'compare' && part.kind !== 'actor') return false;
  if (!('left' in part) || part.left.kind !== 'column' || !rows.includes(part.left.row))
    return false;
  const { right } = part;
  if (right.kind === 'literal' || right.kind === 'now') return true;
  return part.op === '=' && right.kind === 'column';
}

/** A copy of a query under another id, its joined rows likewise. */
function renamed(query: Query, id: string): Query {
  const ids = new Map([
    [query.id, id],
    ...query.joins.map((join): [string, string] => [join.id, `${join.id}@${id}`]),
  ]);
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        NAMING.has(key) && typeof item === 'string' ? (ids.get(item) ?? item) : rename(item),
      ]),
    );
  };
  return rename(query) as Query;
}

/** Where a condition, a term or a query names a row. */
const NAMING: ReadonlySet<string> = new Set(['row', 'query', 'id']);

/** One past a limit that is part of its ending; the scenario itself is exactly at the limit. */
function boundary(condition: Condition): Draft[] {
  if (
    condition.kind !== 'compare' &&
    condition.kind !== 'count' &&
    condition.kind !== 'aggregate'
  ) {
    return [];
  }
  const { left, op, right, at, kind } = condition;
  if ((op !== '>=' && op !== '<=') || [left, right].some(isTime)) return [];
  const past = shifted(right, op === '>=' ? 1 : -1);
  const name = (limit: Term) =>
    words({ ...condition, op: '=', right: limit }).replace(' is ', ' = ');
  return [
    {
      slug: `past the limit: ${name(past)}`,
      title: `One past the limit: ${name(past)}`,
      when: [{ kind, at, left, op: '=', right: past }],
      reads: [],
    },
  ];
}

function shifted(term: Term, by: 1 | -1): Term {
  if (term.kind === 'literal' && typeof term.value === 'number') {
    return { kind: 'literal', value: term.value + by };
  }
  const one: Term = { kind: 'literal', value: 1 };
  return { kind: 'arith', op: by > 0 ? '+' : '-', left: term, right: one };
}

function isTime(term: Term): boolean {
  if (term.kind === 'now') return true;
  if (term.kind === 'column') return /(_at|_on|At|On|date|until|time)$/.test(term.column);
  return term.kind === 'arith' && (isTime(term.left) || isTime(term.right));
}

/** A list with nothing, one row and two, where no condition of the scenario says how long it is. */
function sizes(query: Query, outcome: Outcome, when: Conjunction): Draft[] {
  if (!query.many || query.of !== null) return [];
  if (when.some((item) => conditionKey(item).includes(`"query":${JSON.stringify(query.id)}`))) {
    return [];
  }
  const count: Term = { kind: 'aggregate', op: 'count', query: query.id, of: null };
  return [
    [1, 'one'],
    [2, 'two'],
  ].map(([size, word]) => ({
    slug: `${word} ${query.id}`,
    title: `The list holds ${word}: ${query.id}`,
    when: [
      {
        kind: 'count',
        at: outcome.at,
        left: count,
        op: '=',
        right: { kind: 'literal', value: size ?? 0 },
      },
    ],
    reads: [],
  }));
}
