import type { Json } from '../../kernel/digest.ts';
import { textMatching } from '../../kernel/pattern.ts';
import { sampleOf } from '../request/sample.ts';
import { likePattern, regularExpression } from './compare.ts';
import { type Domain, freshFor } from './domain.ts';
import { evaluate } from './evaluate.ts';
import {
  type Atom,
  atomsOf,
  type Datum,
  type Expr,
  type Formula,
  isFresh,
  walkFormula,
} from './formula.ts';
import { DAY, HOUR } from './instant.ts';
import type { Problem } from './search.ts';
import { UNKNOWN_KEY } from './stranger.ts';
import { thresholds } from './threshold.ts';

export interface Choice {
  readonly name: string;
  readonly domain: Domain;
  readonly touching: readonly {
    readonly formula: Formula;
    readonly classes: ReadonlySet<string>;
  }[];
  readonly problem: Problem;
  readonly chosen: ReadonlyMap<string, Datum>;
}

/** What to try for a class, the plainest value first. */
export function candidatesFor(choice: Choice): Datum[] {
  const { domain } = choice;
  const atoms = choice.touching.flatMap(({ formula }) => atomsOf(formula));
  const found: Datum[] = [];
  const preferred = choice.problem.preferred.get(choice.name);
  if (preferred !== undefined) found.push(preferred);
  if (domain.optional) found.push(null);
  found.push(...(domain.values ?? openValues(choice, atoms)));
  if (domain.nullable) found.push(null);
  const seen = new Set<string>();
  return found.filter((datum) => {
    const key = JSON.stringify(datum);
    if (seen.has(key) || !domain.accepts(datum)) return false;
    seen.add(key);
    return true;
  });
}

function openValues(choice: Choice, atoms: readonly Atom[]): Datum[] {
  const { domain, name } = choice;
  const equals = equalSides(choice, atoms);
  const own: Datum[] = domain.fresh === 'own' ? [freshFor(name, domain)] : [];
  const fresh = choice.problem.ordered.has(name) ? [] : own;
  const literals = literalsIn(choice);
  const measured = domain.type === 'other' && choice.problem.ordered.has(name);
  switch (domain.type) {
    case 'integer':
    case 'number':
      return positiveFirst([
        ...thresholds(choice, atoms),
        ...fresh,
        ...(choice.problem.ordered.has(name) || domain.fresh !== 'guest' ? [] : [UNKNOWN_KEY]),
        ...equals,
        ...sample(domain, name),
        ...COUNTS,
        ...literals.filter((item) => typeof item === 'number').flatMap((n) => [n, n + 1, n - 1]),
      ]);
    case 'instant':
      return [...thresholds(choice, atoms), ...equals, -DAY, DAY, -HOUR, HOUR, ...fresh];
    case 'date':
      return [...thresholds(choice, atoms), ...equals, -2 * DAY, 2 * DAY, ...fresh];
    case 'uuid':
      return [...own, ...equals, ...sample(domain, name)];
    case 'text':
    case 'json':
    case 'other':
      return [
        ...equals.filter((datum) => domain.words.some((word) => word === datum)),
        ...domain.words,
        ...fresh,
        ...equals,
        ...switches(literals),
        ...addresses(choice, literals),
        ...(measured ? positiveFirst(thresholds(choice, atoms)) : []),
        ...(measured ? COUNTS : []),
        ...sample(domain, name),
        ...(domain.width === null ? [] : ['x'.repeat(domain.width), 'y'.repeat(domain.width)]),
        ...texts(literals, atoms).flatMap((text) => longEnough(domain, text)),
      ];
    case 'boolean':
      return [true, false];
  }
}

/** Numbers that most quantities may be. */
const COUNTS = [1, 2, 0, 3, 5, 10, 100];

/** A negative quantity is tried only where nothing else will do. */
function positiveFirst(data: readonly Datum[]): Datum[] {
  const negative = (datum: Datum) => typeof datum === 'number' && datum < 0;
  return data.toSorted((a, b) => Number(negative(a)) - Number(negative(b)));
}

/** What the other side of each equality is by now. */
function equalSides(choice: Choice, atoms: readonly Atom[]): Datum[] {
  const lookup = (name: string) => choice.chosen.get(choice.problem.of(name));
  return atoms.flatMap((atom) => {
    const sides = [atom.left, atom.right];
    if (!sides.some((side) => isIt(choice, side))) return [];
    const other = sides.find((side) => !isIt(choice, side));
    const value = other && evaluate(other, lookup);
    if (value === undefined || value === null) return [];
    return typeof value === 'string' && atom.op.endsWith('like') ? [filledIn(value)] : [value];
  });
}

/** A text that a LIKE pattern matches, with something in each of its places. */
function filledIn(pattern: string): string {
  return pattern.replace(/[%_]/g, 'x');
}

function isIt(choice: Choice, expr: Expr): boolean {
  return expr.kind === 'variable' && choice.problem.of(expr.name) === choice.name;
}

function literalsIn(choice: Choice): Datum[] {
  const literals: Datum[] = [];
  for (const { formula } of choice.touching) {
    walkFormula(formula, (expr) => {
      if (expr.kind === 'value' && expr.value !== null) literals.push(expr.value);
    });
  }
  return literals;
}

function sample(domain: Domain, name: string): Datum[] {
  const word = (name.split(/[./:]/).at(-1) ?? name).replaceAll('_', ' ');
  const value: Json = sampleOf(
    domain.schema ?? (domain.type === 'uuid' ? { format: 'uuid' } : {}),
    word,
  );
  return value !== null && typeof value === 'object' ? [] : [value];
}

const OPPOSITES: Readonly<Record<string, string>> = {
  true: 'false',
  false: 'true',
  '1': '0',
  '0': '1',
  on: 'off',
  off: 'on',
  yes: 'no',
  no: 'yes',
};

/** The other position of what reads like a switch. */
function switches(literals: readonly Datum[]): Datum[] {
  return literals.flatMap((literal) => {
    const opposite = typeof literal === 'string' ? OPPOSITES[literal] : undefined;
    return opposite === undefined ? [] : [opposite];
  });
}

/** Addresses, where one is asked for, and with each literal in the places of theirs that it may stand for. */
function addresses({ touching }: Choice, literals: readonly Datum[]): Datum[] {
  let asked = false;
  for (const { formula } of touching)
    walkFormula(formula, (expr) => {
      asked ||= expr.kind === 'call' && /^(isUrl|urlPart)$/.test(expr.fn);
    });
  if (!asked) return [];
  const known = literals.filter((each) => typeof each === 'string');
  const made = known.flatMap((each) => [`https://${each}/`, `${each}//example.com/`]);
  return ['https://example.com/', ...made];
}

/** A text as it is, and made as long as its schema wants it at least. */
function longEnough({ schema }: Domain, text: Datum): Datum[] {
  const { minLength } = Object(schema);
  const short = typeof text === 'string' && text !== '' && text.length < Number(minLength ?? 0);
  return short ? [text, text.padEnd(Number(minLength), 'x')] : [text];
}

/** Texts that satisfy or just miss what the atoms ask of one: patterns, prefixes, lengths. */
function texts(literals: readonly Datum[], atoms: readonly Atom[]): Datum[] {
  const found: Datum[] = [];
  for (const atom of atoms) {
    const pattern = atom.right.kind === 'value' ? atom.right.value : null;
    if (typeof pattern !== 'string') continue;
    if (atom.op.endsWith('like')) found.push(textMatching(likePattern(pattern)));
    const expression = atom.op.endsWith('matches') ? regularExpression(pattern) : null;
    if (expression) found.push(textMatching(expression));
  }
  for (const literal of literals) {
    if (typeof literal === 'string') found.push(literal, `${literal}x`, `x${literal}`);
    if (typeof literal !== 'number' || literal < 0 || literal > 10_000) continue;
    for (const length of [literal, literal - 1, literal + 1]) {
      if (length > 0) found.push('x'.repeat(length));
    }
  }
  return [...found.filter((datum) => datum !== null && !isFresh(datum)), 'x', ''];
}
