import type { Finding } from '../kernel/finding.ts';
import type { Model } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import type { Proof, ProofSummary } from '../proof/proof.ts';
import type { Scenario } from '../scenarios/scenarios.ts';

/** Everything a run found, for a person or a machine. */
export interface Report {
  readonly version: 1;
  readonly title: string;
  readonly model: Model;
  readonly scenarios: readonly Scenario[];
  readonly plans: readonly Plan[];
  readonly proofs: readonly Proof[];
  readonly summary: ProofSummary;
  readonly findings: readonly Finding[];
}

/** A way to show a report; `render` is pure. `sources` are the lines of analysed files by path, for evidence. */
export interface Reporter {
  readonly name: string;
  readonly render: (report: Report, sources: ReadonlyMap<string, string>) => string;
}
