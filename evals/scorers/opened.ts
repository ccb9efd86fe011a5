import type { Proof } from '../../src/proof/proof.ts';
import type { Run } from '../record.ts';
import { defineScorer, shareOf } from './scorer.ts';

/** What the solver proves counts as well: this is what solver and model have together. */
export const opened = defineScorer(
  'opened',
  'endings the solver had no plan for that are proven, by its plan or the model’s',
  { score: (run) => scoreOf(run, [...(run.solverProofs ?? []), ...(run.proofs ?? [])]) },
);

export const openedSolver = defineScorer(
  'solver-opened',
  'endings the solver had no plan for that its plans prove by now',
  { score: (run) => scoreOf(run, run.solverProofs ?? []), ratchet: false },
);

function scoreOf({ asked, solverProofs }: Run, proofs: readonly Proof[]) {
  if (!asked?.open.length || !solverProofs) return null;
  const proven = new Set(proofs.flatMap(({ plan, verdict }) => (verdict === 'proven' ? plan : [])));
  return shareOf(asked.open, (id) => proven.has(id), String);
}
