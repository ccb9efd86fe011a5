import type { EvalCase } from '../../src/eval/eval.ts';
import type { Budget } from '../../src/llm/budget.ts';
import { withBudget } from '../../src/llm/budget.ts';
import { cassettePath } from '../../src/llm/cassette.ts';
import type { Llm } from '../../src/llm/llm.ts';
import { parsePrompt } from '../../src/llm/prompt.ts';
import { proposePlans } from '../../src/operations/proposing.ts';
import { questionFor } from '../../src/operations/questions.ts';
import { frozenGiftCard } from '../../test/setup/gift-card.ts';
import { answering } from '../answering.ts';
import { counting, originOf } from '../counting.ts';
import { answeredRun, type Run } from '../record.ts';
import { CASSETTES, promptText, type Settings } from '../settings.ts';
import { ASKED_ABOUT, frozenHandler, type Question } from './frozen.ts';

/** Endings the solver leaves open, of frozen apps, asked of a language model. */
export function modelCases(settings: Settings): EvalCase<Run>[] {
  const text = promptText('plan/propose', settings);
  return [
    ...ASKED_ABOUT.map((name) => asking(`model/${name}`, frozenHandler(name, text), settings)),
    asking('model/gift-card', asWorded(frozenGiftCard(), settings), settings),
  ];
}

/** Its answers were given to an earlier wording, which it keeps unless another is under trial. */
function asWorded(question: Question, settings: Settings): Question {
  if (settings.prompt === null) return question;
  return { ...question, wording: parsePrompt(promptText('plan/propose', settings)) };
}

function asking(id: string, question: Question, settings: Settings): EvalCase<Run> {
  return {
    id,
    group: 'model',
    planner: 'llm',
    prompt: `plan/propose@${question.wording.version}`,
    run: async (take) => {
      const llm = answering(settings, { id, take });
      const origin = settings.llm
        ? 'live'
        : originOf(answersTo(question, settings.cassettes ?? CASSETTES));
      return { origin, record: await ask(question, llm, settings) };
    },
  };
}

const NO_LIMIT: Budget = { tokens: null, usd: null, prices: null };

async function ask(question: Question, llm: Llm, { place }: Settings): Promise<Run> {
  const begun = performance.now();
  const { open } = question;
  const asked = counting(llm);
  const metered = withBudget(asked, NO_LIMIT);
  const { plans, findings } = await proposePlans(open, { ...question, llm: metered }, place);
  const ms = performance.now() - begun;
  const spend = metered.spend();
  const counted = spend.inputTokens + spend.outputTokens;
  return answeredRun({
    model: question.model,
    scenarios: open.map(({ scenario }) => ({ ...scenario, variants: [] })),
    plans,
    findings,
    judged: open.map(({ scenario }) => scenario),
    asked: {
      open: open.map(({ scenario }) => scenario.id),
      settled: plans.map(({ id }) => id),
      calls: spend.calls,
      tokens: counted > 0 ? counted : asked.counted.tokens,
      usd: spend.usd ?? 0,
    },
    proofs: null,
    ms,
  });
}

function answersTo(question: Question, folder: string): string[] {
  return question.open.map((item) => cassettePath(folder, questionFor(item, question)));
}
