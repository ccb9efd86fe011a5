import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvalCase, Origin } from '../../src/eval/eval.ts';
import type { Budget } from '../../src/llm/budget.ts';
import { withBudget } from '../../src/llm/budget.ts';
import { Cassette, cassetteKey, openCassettes } from '../../src/llm/cassette.ts';
import { estimateTokens, type Llm } from '../../src/llm/llm.ts';
import { parsePrompt } from '../../src/llm/prompt.ts';
import { proposePlans } from '../../src/operations/proposing.ts';
import { questionFor } from '../../src/operations/questions.ts';
import { frozenGiftCard } from '../../test/setup/gift-card.ts';
import type { Run } from '../record.ts';
import { CASSETTES, promptText, type Settings } from '../settings.ts';
import { ASKED_ABOUT, frozenHandler, type Question } from './frozen.ts';

/** Endings the solver leaves open, of frozen apps, asked of a language model. */
export function modelCases(settings: Settings): EvalCase<Run>[] {
  const text = promptText('propose', settings);
  return [
    ...ASKED_ABOUT.map((name) => asking(`model/${name}`, frozenHandler(name, text), settings)),
    asking('model/gift-card', asWorded(frozenGiftCard(), settings), settings),
  ];
}

/** Its answers were given to an earlier wording, which it keeps unless another is under trial. */
function asWorded(question: Question, settings: Settings): Question {
  if (settings.prompt === null) return question;
  return { ...question, wording: parsePrompt(promptText('propose', settings)) };
}

function asking(id: string, question: Question, settings: Settings): EvalCase<Run> {
  return {
    id,
    group: 'model',
    planner: 'llm',
    prompt: `plan/propose@${question.wording.version}`,
    run: async () => {
      const llm = settings.llm ?? openCassettes(settings.cassettes ?? CASSETTES);
      const origin = settings.llm ? 'live' : originOf(question, settings.cassettes ?? CASSETTES);
      return { origin, record: await ask(question, llm, settings) };
    },
  };
}

const NO_LIMIT: Budget = { tokens: null, usd: null, prices: null };

async function ask(question: Question, llm: Llm, { place }: Settings): Promise<Run> {
  const begun = performance.now();
  const { open } = question;
  let text = 0;
  const counting: Llm = {
    ...llm,
    ask: async (one, options) => {
      const answer = await llm.ask(one, options);
      text += estimateTokens(one.system + one.prompt + ('text' in answer ? answer.text : ''));
      return answer;
    },
  };
  const metered = withBudget(counting, NO_LIMIT);
  const { plans, findings } = await proposePlans(open, { ...question, llm: metered }, place);
  const ms = performance.now() - begun;
  const spend = metered.spend();
  const counted = spend.inputTokens + spend.outputTokens;
  return {
    model: question.model,
    scenarios: open.map(({ scenario }) => ({ ...scenario, variants: [] })),
    plans,
    unsolved: [],
    findings,
    key: null,
    again: plans,
    twin: null,
    payloads: [],
    asked: {
      open: open.map(({ scenario }) => scenario.id),
      settled: plans.map(({ id }) => id),
      calls: spend.calls,
      // A cassette bills nothing: its tokens are estimated from the texts.
      tokens: counted > 0 ? counted : text,
      usd: spend.usd ?? 0,
    },
    proofs: null,
    reduced: null,
    ms,
  };
}

/** Where the answers of a question come from: the least certain of them. */
function originOf(question: Question, folder: string): Origin {
  const origins = question.open.flatMap((item) => {
    try {
      const path = join(folder, `${cassetteKey(questionFor(item, question))}.json`);
      return [Cassette.parse(JSON.parse(readFileSync(path, 'utf8'))).origin];
    } catch {
      return [];
    }
  });
  const ranked: Origin[] = ['authored', 'transcribed', 'recorded'];
  return ranked.find((origin) => origins.some((one) => one === origin)) ?? 'authored';
}
