import type { Model } from '../src/model/model.ts';
import type { Planned } from '../src/operations/plan.ts';
import type { Plan } from '../src/plan/plan.ts';
import type { Proof } from '../src/proof/proof.ts';
import type { Scenario } from '../src/scenarios/scenarios.ts';
import type { BusinessState } from './business/list.ts';
import type { Key } from './endings/key.ts';

/** Another app that differs from the case's in one known way, with what that must do to the plans. */
export interface Twin {
  readonly relation: 'same' | 'renamed' | 'changed';
  readonly plans: readonly Plan[];
  /** Endings (last part of the id) whose plan must change; every other must stay. */
  readonly affected: readonly string[];
  /** Names of the case that the twin has others for. */
  readonly renamed: Readonly<Record<string, string>>;
}

/** What asking a language model came to. */
export interface Asked {
  readonly open: readonly string[];
  readonly settled: readonly string[];
  readonly calls: number;
  readonly tokens: number;
  readonly usd: number;
}

/** A plan with one of its parts left out, and whether it still brings its ending about. */
export interface Reduced {
  readonly plan: string;
  readonly without: string;
  readonly proven: boolean;
}

/** What one run of a case gave: all that scorers may look at. */
export interface Run
  extends Pick<Planned, 'scenarios' | 'plans' | 'unsolved' | 'findings' | 'alike'> {
  readonly model: Model;
  readonly key: Key | null;
  /** The plans of a second planning of the same input. */
  readonly again: readonly Plan[];
  readonly twin: Twin | null;
  /** What planted instructions ask for: no plan may hold it. */
  readonly payloads: readonly string[];
  readonly asked: Asked | null;
  /** The endings a model was asked about, whose plans a judge may grade. */
  readonly judged?: readonly Scenario[];
  /** The business states a person listed, and what the solver alone plans of the app. */
  readonly business?: {
    readonly listed: readonly BusinessState[];
    readonly solver: readonly Plan[];
  };
  readonly proofs: readonly Proof[] | null;
  /** What the solver's own plans came to: of the endings that were asked about, or those that hold a listed state. */
  readonly solverProofs?: readonly Proof[];
  readonly reduced: readonly Reduced[] | null;
  readonly ms: number;
}

type Answered = 'model' | 'plans' | 'findings' | 'asked' | 'proofs' | 'ms';

/** A run that asked a language model: with no key, twin or second planning to hold it against. */
export function answeredRun(run: Pick<Run, Answered> & Partial<Run>): Run {
  return {
    scenarios: [],
    unsolved: [],
    alike: {},
    key: null,
    again: run.plans,
    twin: null,
    payloads: [],
    reduced: null,
    ...run,
  };
}
