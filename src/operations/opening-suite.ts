import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Suite } from '../eval/eval.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Llm } from '../llm/llm.ts';
import { chooseLlm, nothingToRecord, openLlm } from './asking.ts';
import type { Place } from './place.ts';

/** Which of a suite's cases and scorers are wanted, and how the cases are to be run. */
export interface Choice {
  readonly case: string;
  readonly scorer: string;
  readonly planner?: 'solver' | 'llm' | undefined;
  readonly promptVersion?: string | undefined;
  readonly llm: 'cassette' | 'anthropic' | 'openai';
  readonly model?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly api: 'responses' | 'chat';
  readonly record: boolean;
  readonly prompt?: string | undefined;
  readonly prove: boolean;
  readonly questions?: string | undefined;
  readonly judge: boolean;
  readonly judgeLlm?: Choice['llm'] | undefined;
  readonly judgeModel?: string | undefined;
}

/** The suite as its file gives it for these settings, with only the cases and scorers asked for. */
export async function openSuite(
  file: string,
  choice: Choice,
  place: Place,
): Promise<Suite<unknown>> {
  if (!existsSync(file)) {
    throw new StatewrightError('eval.noSuite', `There is no eval suite at ${file}.`, {
      hint: 'The suite is part of the repository, not of the package: clone it, or name a suite file of your own with --suite.',
    });
  }
  const module: { openSuite?: unknown } = await import(pathToFileURL(file).href);
  if (typeof module.openSuite !== 'function') {
    throw new StatewrightError('eval.badSuite', `${file} exports no function "openSuite".`, {
      hint: 'Export openSuite(settings), which returns { name, cases, scorers }; evals/suite.ts is one.',
    });
  }
  const suite: Suite<unknown> = module.openSuite({
    place,
    prove: choice.prove,
    llm: await llmOf(choice, place),
    ...(choice.judge && { judge: { llm: await llmOf(judging(choice), place) } }),
    record: choice.record,
    questions: choice.questions === undefined ? null : resolve(choice.questions),
    prompt: choice.prompt === undefined ? null : await readFile(resolve(choice.prompt), 'utf8'),
    promptFile: choice.prompt ?? null,
  });
  const version = choice.promptVersion;
  const cases = suite.cases.filter(
    ({ id, prompt, planner }) =>
      id.includes(choice.case) &&
      (choice.planner === undefined || planner === choice.planner) &&
      (version === undefined || prompt?.endsWith(`@${version}`)),
  );
  const scorers = suite.scorers.filter(({ name }) => name.includes(choice.scorer));
  if (cases.length === 0 || scorers.length === 0) {
    const known = suite.scorers.map(({ name }) => name).join(', ');
    throw new StatewrightError('eval.nothingSelected', 'No case or no scorer was selected.', {
      hint: `Cases: ${suite.cases
        .slice(0, 3)
        .map(({ id }) => id)
        .join(', ')}, … Scorers: ${known}.`,
    });
  }
  return { ...suite, cases, scorers };
}

/** Who judges: another provider has its own model and address. */
function judging(choice: Choice): Choice {
  const { llm, judgeLlm = llm, judgeModel } = choice;
  const same = judgeLlm === llm;
  const model = judgeModel ?? (same ? choice.model : undefined);
  return {
    ...choice,
    ...{ llm: judgeLlm, model, baseUrl: same ? choice.baseUrl : undefined },
    record: choice.record && judgeLlm !== 'cassette',
  };
}

/** A model that forgets, so that each of several runs asks it anew. */
async function llmOf({ llm, record, ...choice }: Choice, place: Place): Promise<Llm | null> {
  if (llm === 'cassette') {
    if (record) throw nothingToRecord();
    return null;
  }
  const usual = chooseLlm(llm, null);
  if (!usual) return null;
  const { model = usual.model, baseUrl = null, api } = choice;
  const settings = { ...usual, model, baseUrl, api };
  return (await openLlm(settings, { env: place.env, home: null, cassettes: '' })).llm;
}
