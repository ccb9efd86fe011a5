import { canonicalJson } from '../kernel/digest.ts';
import { type Finding, finding, isError } from '../kernel/finding.ts';
import { pairwise, type Row } from '../kernel/pairwise.ts';
import { problem } from './check/context.ts';
import { canMeet, dimensionsOf, type Mix, stateOf } from './dimensions.ts';
import type { WireLevel, WireState, WireSubject } from './wire.ts';

/** What is beyond these is left out: it would take longer to set up than it tells. */
const MOST = { dimensions: 6, levels: 4 };

/** The states of a subject, and what kept it from more. */
export interface Covered {
  readonly states: readonly { readonly mix: Mix; readonly state: WireState }[];
  /** What is wrong with its base, or with a level by itself, under their titles. */
  readonly findings: readonly Finding[];
  /** Levels that stand alone but not together. */
  readonly apart: readonly string[];
}

/**
 * States of a subject in which each level that stands by itself is met, and each two levels of two dimensions
 * that can stand together do. `check` says what is wrong with a state; `earlier` are the mixes of the
 * same base that stand already.
 */
export function coverSubject(
  subject: WireSubject,
  options: {
    readonly check: (state: WireState) => readonly Finding[];
    readonly earlier?: readonly Mix[];
  },
): Covered {
  const { check, earlier = [] } = options;
  const errorsOf = (mix: Mix) => check(stateOf(subject, mix)).filter(isError);
  const inBase = [...takenNames(subject.rows, []), ...errorsOf([])];
  if (inBase.length > 0) return { states: [], findings: under(subject.title, inBase), apart: [] };
  const { dimensions, findings: cut } = bounded(subject);
  const wrong = new Map(
    dimensions.flat().map((level) => {
      const told = [...looseEnds(subject, level, dimensions), ...errorsOf([level])];
      return [level, under(levelPath(subject, level), told)];
    }),
  );
  const sound = dimensions
    .map((levels) => levels.filter((level) => wrong.get(level)?.length === 0))
    .filter((levels) => levels.length > 0);
  const stands = remembered((a, b) => canMeet(a, b) && errorsOf([a, b]).length === 0);
  const given = earlier.map((mix) => rowOf(sound, mix));
  const mixes = mixesOf(sound, { stands, given }).filter((mix) => errorsOf(mix).length === 0);
  return {
    states: mixes.map((mix) => ({ mix, state: stateOf(subject, mix) })),
    findings: [...cut, ...[...wrong.values()].flat()],
    apart: apartIn(sound, [...mixes, ...given.map((row) => mixOf(sound, row))]).map(
      (pair) => `${subject.title}: ${pair}`,
    ),
  };
}

/** Puts findings about a part of an answer under its title. */
export function under(title: string, findings: readonly Finding[]): Finding[] {
  return findings.map((one) => ({ ...one, at: { ...one.at, path: `${title}: ${one.at.path}` } }));
}

/** What a level is found under. */
export function levelPath({ title }: Pick<WireSubject, 'title'>, level: WireLevel): string {
  return `${title} › ${level.dimension} › ${level.title}`;
}

type Stands = (a: WireLevel, b: WireLevel) => boolean;

function mixesOf(
  dimensions: readonly Mix[],
  { stands, given }: { readonly stands: Stands; readonly given: readonly Row[] },
): Mix[] {
  const allows = (row: Row) => {
    const mix = mixOf(dimensions, row);
    return mix.every((a, at) => mix.slice(at + 1).every((b) => stands(a, b)));
  };
  const levels = dimensions.map(({ length }) => length);
  const rows = pairwise(levels, allows, given);
  for (const [factor, count] of levels.entries()) {
    for (let level = 0; level < count; level++) {
      if ([...given, ...rows].some((row) => row[factor] === level)) continue;
      rows.push(
        grown(
          levels.map((_, at) => (at === factor ? level : -1)),
          { levels, allows },
        ),
      );
    }
  }
  if (levels.length === 0 && given.length === 0) rows.push([]);
  return rows.map((row) => mixOf(dimensions, row));
}

/** A row with the first level of each factor that can be there; one that has none stays open. */
function grown(
  start: Row,
  {
    levels,
    allows,
  }: { readonly levels: readonly number[]; readonly allows: (row: Row) => boolean },
): Row {
  return levels.reduce<Row>((row, count, factor) => {
    if (row[factor] !== -1) return row;
    const tried = Array.from({ length: count }, (_, level) => row.with(factor, level));
    return tried.find(allows) ?? row;
  }, start);
}

function mixOf(dimensions: readonly Mix[], row: Row): Mix {
  return row.flatMap((level, at) => dimensions[at]?.[level] ?? []);
}

/** A mix by numbers: what these dimensions have no such level of is open. */
function rowOf(dimensions: readonly Mix[], mix: Mix): Row {
  const texts = new Set(mix.map((level) => canonicalJson(level)));
  return dimensions.map((levels) => levels.findIndex((level) => texts.has(canonicalJson(level))));
}

function apartIn(dimensions: readonly Mix[], mixes: readonly Mix[]): string[] {
  const met = new Map<WireLevel, Set<WireLevel>>();
  for (const mix of mixes) {
    for (const level of mix) met.set(level, new Set([...(met.get(level) ?? []), ...mix]));
  }
  return dimensions.flatMap((levels, at) =>
    levels.flatMap((a) =>
      dimensions
        .slice(at + 1)
        .flatMap((others) => others.filter((b) => !met.get(a)?.has(b)))
        .map((b) => `${a.title} + ${b.title}`),
    ),
  );
}

function bounded(subject: WireSubject): { dimensions: readonly Mix[]; findings: Finding[] } {
  const all = dimensionsOf(subject);
  const most = Math.max(...all.map(({ length }) => length), 0);
  const facts = {
    ...{ dimensions: all.length, levels: most },
    ...{ mostDimensions: MOST.dimensions, mostLevels: MOST.levels },
  };
  const fits = all.length <= MOST.dimensions && most <= MOST.levels;
  return {
    dimensions: all.slice(0, MOST.dimensions).map((levels) => levels.slice(0, MOST.levels)),
    findings: fits
      ? []
      : [finding('plan.tooManyLevels', { severity: 'warning', path: subject.title, facts })],
  };
}

/** What no plan of a level shows: a name that is taken, a cell of a row that neither it nor the base has. */
function looseEnds(
  subject: WireSubject,
  level: WireLevel,
  dimensions: readonly Mix[],
): readonly Finding[] {
  const at = dimensions.findIndex((levels) => levels.includes(level));
  const before = dimensions.slice(0, at).flat();
  const known = new Set([...subject.rows, ...level.rows].map(({ name }) => name));
  return [
    ...takenNames(level.rows, [...subject.rows, ...before.flatMap(({ rows }) => rows)]),
    ...level.cells.flatMap(({ row, column }) =>
      known.has(row)
        ? []
        : [problem('unknownRow', `cells.${row}.${column}`, { row, known: [...known] })],
    ),
  ];
}

function takenNames(rows: WireSubject['rows'], before: WireSubject['rows']): Finding[] {
  const taken = new Set(before.map(({ name }) => name));
  return rows.flatMap(({ name }) => {
    const again = taken.has(name);
    taken.add(name);
    return again ? [problem('takenName', `rows.${name}`, { name })] : [];
  });
}

function remembered(stands: Stands): Stands {
  const known = new Map<WireLevel, Map<WireLevel, boolean>>();
  return (a, b) => {
    const of = known.get(a) ?? new Map<WireLevel, boolean>();
    const answer = of.get(b) ?? stands(a, b);
    known.set(a, of.set(b, answer));
    return answer;
  };
}
