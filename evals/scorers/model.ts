import { defineScorer, shareOf } from './scorer.ts';

export const settled = defineScorer(
  'settled',
  'endings left open by the solver that the model settled',
  {
    score: ({ asked }) =>
      asked && asked.open.length > 0
        ? shareOf(asked.open, (id) => asked.settled.includes(id), String)
        : null,
  },
);

export const tokens = defineScorer('tokens', 'tokens asked and answered, by count or by estimate', {
  unit: 'amount',
  better: 'less',
  slack: 0.1,
  score: ({ asked }) => asked && { amount: asked.tokens },
});

export const calls = defineScorer('calls', 'calls of the model', {
  unit: 'amount',
  better: 'less',
  score: ({ asked }) => asked && { amount: asked.calls },
});

export const latency = defineScorer('latency', 'milliseconds from source to plans', {
  unit: 'amount',
  better: 'less',
  ratchet: false,
  score: ({ ms }) => ({ amount: ms }),
});

/** Against delta-debugging: every part left out by itself, fired; what is proven without a part didn't need it. */
export const minimality = defineScorer(
  'minimality',
  'parts of a plan its ending does not come about without',
  {
    score: ({ reduced }) =>
      reduced &&
      shareOf(
        reduced,
        ({ proven }) => !proven,
        ({ plan, without }) => `${plan}: ${without}`,
      ),
  },
);
