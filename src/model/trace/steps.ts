import { all, FALSE, type Formula, isContradiction, not, some, TRUE, weightOf } from './formula.ts';

/** The reads and writes that have run where control is, by id, each with what it ran under. */
export type Steps = ReadonlyMap<string, Formula>;

export const NO_STEPS: Steps = new Map();

/** Heavier conditions are forgotten: such a step may have run. */
const HEAVY = 96;

/** With a step that has run now, in place of another where one is named. */
export function withStep(steps: Steps, id: string, instead?: string): Steps {
  const after = new Map(steps);
  if (instead !== undefined) after.delete(instead);
  return after.set(id, TRUE);
}

/** What has run where two ways meet. */
export function mergeSteps(when: Formula, yes: Steps, no: Steps): Steps {
  if (yes === no) return no;
  const merged = new Map<string, Formula>();
  for (const [id, other] of no) merged.set(id, either(when, yes.get(id), other));
  for (const [id, taken] of yes) if (!no.has(id)) merged.set(id, either(when, taken, undefined));
  return merged;
}

function either(when: Formula, yes: Formula | undefined, no: Formula | undefined): Formula {
  if (yes && yes === no) return yes;
  const formula = some([all([when, yes ?? FALSE]), all([not(when), no ?? FALSE])]);
  return weightOf(formula) > HEAVY ? TRUE : formula;
}

/** The steps that may have run where a formula holds. */
export function ranUnder(steps: Steps, formula: Formula): string[] {
  const isNever = isContradiction([formula]);
  const ran: string[] = [];
  for (const [id, when] of steps)
    if (!(when === TRUE ? isNever : isContradiction([formula, when]))) ran.push(id);
  return ran;
}
