import { candidatesFor } from './candidates.ts';
import type { Domain } from './domain.ts';
import { holds } from './evaluate.ts';
import { type Datum, type Formula, variablesOf } from './formula.ts';

/** A problem whose variables are already classes: formulas that must all hold at once. */
export interface Problem {
  readonly formulas: readonly Formula[];
  readonly domains: ReadonlyMap<string, Domain>;
  /** The class of a variable. */
  readonly of: (name: string) => string;
  readonly known: ReadonlyMap<string, Datum>;
  /** Classes that take part in an ordering or in arithmetic: a fresh value won't do for them. */
  readonly ordered: ReadonlySet<string>;
  /** What the application itself puts there; tried first. */
  readonly preferred: ReadonlyMap<string, Datum>;
}

export type Assignment = ReadonlyMap<string, Datum>;

/** How many values may still be tried before a scenario is given up; shared by all its attempts. */
export interface Effort {
  left: number;
}

/** Values tried in one part of a problem before it is given up. */
const PART = 800;

/** Values for all open classes under which every formula holds; null where none was found. */
export function search(problem: Problem, effort: Effort): Assignment | null {
  const chosen = new Map(problem.known);
  for (const part of components(problem)) {
    const budget = { left: Math.min(PART, effort.left) };
    const before = budget.left;
    const found = extend({ ...part, problem, chosen, budget });
    effort.left -= before - budget.left;
    if (!found) return null;
  }
  return chosen;
}

interface Component {
  readonly formulas: readonly Watched[];
  readonly open: readonly string[];
}
interface Watched {
  readonly formula: Formula;
  readonly classes: ReadonlySet<string>;
}
interface Part extends Component {
  readonly problem: Problem;
  readonly chosen: Map<string, Datum>;
  readonly budget: Effort;
}

/** Formulas that share open classes are solved together, others apart. */
function components(problem: Problem): Component[] {
  const watched = problem.formulas.map((formula): Watched => {
    const classes = [...variablesOf([formula]).keys()].map(problem.of);
    return { formula, classes: new Set(classes.filter((name) => !problem.known.has(name))) };
  });
  const parts: { formulas: Watched[]; open: Set<string> }[] = [];
  for (const item of watched) {
    const touching = parts.filter((part) => [...item.classes].some((name) => part.open.has(name)));
    for (const part of touching) parts.splice(parts.indexOf(part), 1);
    parts.push({
      formulas: [...touching.flatMap((part) => part.formulas), item],
      open: new Set([...touching.flatMap((part) => [...part.open]), ...item.classes]),
    });
  }
  return parts.map((part) => ({ formulas: part.formulas, open: [...part.open].sort() }));
}

function extend(part: Part): boolean {
  const { problem, chosen } = part;
  const lookup = (name: string) => chosen.get(problem.of(name));
  const next = nextOpen(part);
  if (next === null) return part.formulas.every(({ formula }) => holds(formula, lookup) === true);
  const touching = part.formulas.filter(({ classes }) => classes.has(next));
  const domain = problem.domains.get(next);
  if (!domain) return false;
  for (const candidate of candidatesFor({ name: next, domain, touching, problem, chosen })) {
    part.budget.left -= 1;
    if (part.budget.left < 0) return false;
    chosen.set(next, candidate);
    const possible = touching.every(({ formula }) => holds(formula, lookup) !== false);
    if (possible && extend(part)) return true;
    chosen.delete(next);
  }
  return false;
}

/** The open class in the formula that has the fewest left: the most is known about it. */
/** The class that settles most; variables of the environment first, so that rows follow their defaults. */
function nextOpen(part: Part): string | null {
  const lookup = (name: string) => part.chosen.get(part.problem.of(name));
  let best: { name: string; left: number } | null = null;
  for (const { formula, classes } of part.formulas) {
    const left = [...classes].filter((name) => !part.chosen.has(name)).sort();
    const name = left.find((each) => each.startsWith('env:')) ?? left[0];
    if (name === undefined || (best && left.length >= best.left)) continue;
    if (holds(formula, lookup) === true) continue;
    best = { name, left: left.length };
  }
  return best?.name ?? null;
}
