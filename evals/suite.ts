import type { Suite } from '../src/eval/eval.ts';
import { planModel } from '../src/operations/plan.ts';
import { fixtureAppCases } from './apps/cases.ts';
import { businessCases } from './business/cases.ts';
import { handlerCases } from './handlers/cases.ts';
import { injectedCases } from './injected/cases.ts';
import { openJudge } from './judges/judge.ts';
import { modelCases } from './model/cases.ts';
import { mutantCases } from './mutants/cases.ts';
import { openCases } from './open/cases.ts';
import type { Run } from './record.ts';
import {
  business,
  businessProven,
  businessSolver,
  businessSolverProven,
} from './scorers/business.ts';
import { irredundant } from './scorers/cover.ts';
import { held } from './scorers/held.ts';
import { executability, precision, proven, recall } from './scorers/key.ts';
import { calls, latency, minimality, settled, tokens } from './scorers/model.ts';
import { opened, openedSolver } from './scorers/opened.ts';
import {
  aim,
  breadth,
  planned,
  rows,
  stability,
  timeless,
  validity,
  variants,
} from './scorers/plans.ts';
import { reaction, wall } from './scorers/relations.ts';
import type { Settings } from './settings.ts';
import { readText } from './texts.ts';

/** The steps as they are, unless a test plants a fault in them. */
export const STEPS: Settings['steps'] = { read: readText, plan: planModel };

export const SCORERS = [
  recall,
  precision,
  validity,
  aim,
  held,
  planned,
  variants,
  breadth,
  rows,
  irredundant,
  timeless,
  wall,
  reaction,
  stability,
  settled,
  opened,
  openedSolver,
  business,
  businessSolver,
  businessProven,
  businessSolverProven,
  calls,
  tokens,
  executability,
  proven,
  minimality,
  latency,
];

/** Every case, as the settings want it run. */
export function openSuite(asked: Omit<Settings, 'steps'>, steps = STEPS): Suite<Run> {
  const settings: Settings = { ...asked, steps };
  return {
    name: 'statewright',
    scorers: SCORERS,
    judge: openJudge(settings),
    cases: [
      ...handlerCases(settings),
      ...mutantCases(settings),
      ...injectedCases(settings),
      ...modelCases(settings),
      ...openCases(settings),
      ...businessCases(settings),
      ...fixtureAppCases(settings),
    ],
  };
}
