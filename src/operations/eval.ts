import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { Baseline, type Beside, Change, Evaluation } from '../eval/eval.ts';
import { judgeRules } from '../eval/judging.ts';
import { acceptedBaseline, compareWithBaseline, isRegression } from '../eval/ratchet.ts';
import { runSuite } from '../eval/run.ts';
import { renderEvalJunit } from '../eval/show/junit.ts';
import { renderEvalPage } from '../eval/show/page.ts';
import { renderTable } from '../eval/show/table.ts';
import { besides } from '../eval/totals.ts';
import { canonicalJson } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { defineOperation } from '../kernel/operation.ts';
import { html, trusted } from '../report/html/markup.ts';
import { type Choice, openSuite } from './opening-suite.ts';
import type { Place } from './place.ts';

const SUITE = fileURLToPath(new URL('../../evals/suite.ts', import.meta.url));
const STYLE = new URL('../eval/show/page.css', import.meta.url);
const Provider = z.enum(['cassette', 'anthropic', 'openai']);

export const runEval = defineOperation({
  name: 'eval',
  summary: 'Score the planner on the eval cases and compare with the committed baseline',
  needs: 'checkout',
  input: z.object({
    suite: z.string().optional().describe('The suite file; by default evals/suite.ts'),
    case: z.string().default('').describe('Only cases whose id contains this'),
    scorer: z.string().default('').describe('Only scorers whose name contains this'),
    runs: z.number().int().min(1).max(50).default(1).describe('How often each case is run'),
    prove: z.boolean().default(false).describe('Set every plan up and fire it as well'),
    llm: Provider.default('cassette').describe('Who answers the cases that ask a model'),
    model: z.string().optional().describe('The model to ask, with --llm'),
    baseUrl: z.string().optional().describe('Where that model is asked, with --llm'),
    api: z
      .enum(['responses', 'chat'])
      .default('responses')
      .describe('What a server that is asked as openai speaks'),
    prompt: z.string().optional().describe('A prompt file to use instead of the one that ships'),
    promptVersion: z
      .string()
      .optional()
      .describe('Only cases that ask with this version of a prompt'),
    besidePrompt: z.string().optional().describe('Run again with this prompt, side by side'),
    questions: z
      .string()
      .optional()
      .describe('Write the questions without a recorded answer into this folder; compare nothing'),
    besideLlm: Provider.optional().describe('Run again with this provider, side by side'),
    besideModel: z.string().optional().describe('Run again with this model, side by side'),
    judge: z
      .boolean()
      .default(false)
      .describe('Have titles and plans graded by a model too, held against people’s grades'),
    judgeLlm: Provider.optional().describe('Who judges, with --judge; by default who answers'),
    judgeModel: z.string().optional().describe('The model that judges, with --judge'),
    record: z
      .boolean()
      .default(false)
      .describe('Keep what the model of --llm answers as recorded answers'),
    planner: z
      .enum(['solver', 'llm'])
      .optional()
      .describe('Only cases the solver plans alone, or only those a model is asked in'),
    accept: z.boolean().default(false).describe('Make these scores the new baseline'),
    note: z.string().default('').describe('What changed, kept with an accepted baseline'),
    notes: z.boolean().default(false).describe('List what fell short, case by case'),
    report: z.string().default('.statewright/eval.html').describe('Where the HTML page goes'),
    junit: z.string().optional().describe('Write a JUnit file here as well'),
  }),
  output: Evaluation.extend({
    changes: z.array(Change),
    regressions: z.number().int(),
    beside: Evaluation.nullable(),
    report: z.string(),
    text: z.string(),
    /** The folder that questions without an answer were written into. */
    questions: z.string().nullable(),
  }),
  run: async (input, place: Place) => {
    if (input.accept && input.questions !== undefined) throw notAccepted();
    const file = resolve(input.suite ?? SUITE);
    const suite = await openSuite(file, input, place);
    const evaluation = await runSuite(suite, { ...place, runs: input.runs });
    const beside = await runBeside(file, evaluation, { input, place });
    const path = join(dirname(file), 'baseline.json');
    const baseline = await readBaseline(path);
    const rules = [...suite.scorers, ...judgeRules(evaluation.judgement)];
    const whole = isWhole(input);
    const chosen = (id: string): boolean =>
      id.includes(input.case) && !input.planner && input.promptVersion === undefined;
    const changes =
      input.questions === undefined
        ? compareWithBaseline(evaluation, baseline ?? EMPTY, { rules, chosen })
        : [];
    if (input.accept) {
      const about = { at: place.clock.now().toISOString(), note: input.note, rules, whole };
      await write(path, `${canonicalJson(acceptedBaseline(evaluation, baseline, about), 1)}\n`);
    }
    const report = resolve(input.report);
    const style = trusted(await readFile(STYLE, 'utf8'));
    const about = { rules, changes, baseline, beside, whole, style, html };
    await write(report, renderEvalPage(evaluation, about));
    if (input.junit) {
      const asXml = (text: string): string => html`${text}`.markup;
      await write(resolve(input.junit), renderEvalJunit(evaluation, changes, { rules, asXml }));
    }
    return {
      ...evaluation,
      changes,
      regressions: input.accept ? 0 : changes.filter(isRegression).length,
      beside: beside?.evaluation ?? null,
      report,
      text: renderTable(evaluation, { rules, changes, beside, notes: input.notes }),
      questions: input.questions === undefined ? null : resolve(input.questions),
    };
  },
});

type Input = z.output<typeof runEval.input>;

const EMPTY: Baseline = { version: 1, suite: '', cases: {}, history: [] };

function notAccepted(): StatewrightError {
  return new StatewrightError('eval.unanswered', 'Scores without answers are no baseline.', {
    hint: 'Write the questions down first, keep their answers, then run again with --accept alone.',
  });
}

/** Whether every case and scorer was asked for. */
function isWhole({ case: id, scorer, planner, promptVersion }: Input): boolean {
  return id === '' && scorer === '' && !planner && promptVersion === undefined;
}

/** The same cases with another prompt or model, where one is asked for. */
async function runBeside(
  file: string,
  evaluation: Evaluation,
  { input, place }: { readonly input: Input; readonly place: Place },
): Promise<Beside | null> {
  const { besideLlm, besideModel, besidePrompt } = input;
  if (!besideLlm && !besideModel && !besidePrompt) return null;
  const choice: Choice = {
    ...input,
    record: false,
    judge: false,
    llm: besideLlm ?? input.llm,
    ...(besideLlm && besideLlm !== input.llm && { baseUrl: undefined }),
    model: besideModel ?? input.model,
    prompt: besidePrompt ?? input.prompt,
  };
  const suite = await openSuite(file, choice, place);
  const asking = { ...suite, cases: suite.cases.filter(({ planner }) => planner === 'llm') };
  const label = [besideLlm, besideModel, besidePrompt && basename(besidePrompt)]
    .filter(Boolean)
    .join(' ');
  return besides(evaluation, await runSuite(asking, { ...place, runs: input.runs }), label);
}

async function readBaseline(path: string): Promise<Baseline | null> {
  if (!existsSync(path)) return null;
  const parsed = Baseline.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new StatewrightError(
    'eval.badBaseline',
    `${path} is no baseline: ${parsed.error.issues[0]?.message}.`,
    {
      hint: 'Take it back from version control, or delete it and run "statewright eval --accept".',
    },
  );
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
