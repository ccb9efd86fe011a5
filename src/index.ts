import type { ConfigInput } from './config/config.ts';

/** Types and completes `statewright.config.ts`; returns its argument. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

export type { Condition, Term } from './condition/condition.ts';
export type { Config, ConfigInput } from './config/config.ts';
export type { App, Model, Page, Route } from './model/model.ts';
export type { Plan } from './plan/plan.ts';
export type { StateId, States } from './plan/states.ts';
export type { Proof, ProofSummary } from './proof/proof.ts';
export type { Run } from './run/run.ts';
export type { Scenario } from './scenarios/scenarios.ts';
