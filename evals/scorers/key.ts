import { scoreEndings, scoreProven } from './endings.ts';
import { defineScorer } from './scorer.ts';

export const recall = defineScorer('recall', 'endings of the key that a scenario matches', {
  score: ({ model, scenarios, key }) => {
    if (!key) return null;
    const { found, endings, missed } = scoreEndings(model, scenarios, key);
    return { hits: found, of: endings, notes: missed };
  },
});

export const precision = defineScorer('precision', 'scenarios that match an ending of the key', {
  score: ({ model, scenarios, key }) => {
    if (!key) return null;
    const { right, predictions, wrong } = scoreEndings(model, scenarios, key);
    return { hits: right, of: predictions, notes: wrong };
  },
});

/** Skipped, external, unsolved and unstable are not proven; only what the key calls infeasible is left out. */
export const executability = defineScorer(
  'executability',
  'feasible endings of the key brought about by setting up and firing',
  {
    score: ({ model, scenarios, key, proofs }) => {
      if (!key || !proofs) return null;
      const proven = new Set(
        proofs.filter(({ verdict }) => verdict === 'proven').map(({ plan }) => plan),
      );
      const score = scoreProven(model, scenarios, { key, proven });
      return { hits: score.proven, of: score.feasible, notes: score.open };
    },
  },
);

export const proven = defineScorer('proven', 'fired plans whose intended ending came back', {
  score: ({ proofs }) => {
    if (!proofs) return null;
    const failing = proofs.filter(({ verdict }) => verdict !== 'proven');
    const notes = failing.map(({ plan, verdict, reason }) => `${plan}: ${verdict} ${reason ?? ''}`);
    return { hits: proofs.length - failing.length, of: proofs.length, notes };
  },
});
