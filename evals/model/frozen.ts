import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../../src/kernel/digest.ts';
import { Model } from '../../src/model/model.ts';
import { type OpenScenario, openScenarios } from '../../src/operations/open-scenarios.ts';
import { planModel } from '../../src/operations/plan.ts';
import type { Subject } from '../../src/operations/questions.ts';
import { subjectOf } from '../../src/operations/subject.ts';
import { programOf } from '../../test/setup/code.ts';
import { handlerTexts, readText, type Texts } from '../texts.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/lines/handlers', import.meta.url));

/** An app as it was read when the questions about it were answered: they stay the same questions. */
export interface Frozen {
  readonly texts: Texts;
  readonly model: Model;
  readonly open: readonly OpenScenario[];
}

/** What a case asks about, in which words. */
export interface Question extends Subject {
  readonly open: readonly OpenScenario[];
}

/** Handler apps with endings that the solver leaves open. */
export const ASKED_ABOUT = ['container-release', 'isbn-shelf', 'ticket-escalate'];

export function frozenHandler(name: string, prompt: string): Question {
  const { texts, model, open }: Frozen = JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8'));
  const about = { model: Model.parse(model), program: programOf(texts) };
  return { ...subjectOf(about, { open, prompt }), open };
}

/** Freezes the apps anew, as they are read now; their cassettes then need new answers. */
export function freezeHandlers(): void {
  if (!existsSync(FOLDER)) mkdirSync(FOLDER, { recursive: true });
  for (const name of ASKED_ABOUT) {
    const texts = handlerTexts(name);
    const { model } = readText(texts);
    const frozen: Frozen = { texts, model, open: openScenarios(model, planModel(model)) };
    writeFileSync(`${FOLDER}/${name}.json`, `${canonicalJson(frozen)}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) freezeHandlers();
