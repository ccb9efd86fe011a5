import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cassetteKey } from '../../src/llm/cassette.ts';
import { Model, type Route } from '../../src/model/model.ts';
import { type OpenScenario, openScenarios } from '../../src/operations/open-scenarios.ts';
import { questionFor, type Subject } from '../../src/operations/questions.ts';
import { readModel } from '../../src/operations/reading.ts';
import { subjectOf } from '../../src/operations/subject.ts';
import { solvePlans } from '../../src/plan/solve.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import { programOf } from './code.ts';
import { textOf } from './line.ts';

export const STOREFRONT = fileURLToPath(new URL('../../fixtures/apps/storefront', import.meta.url));
/** The prompt as it was worded when its answers were given. */
const PROMPT = fileURLToPath(new URL('../../fixtures/prompts/propose-2.md', import.meta.url));
const FROZEN = fileURLToPath(new URL('../../fixtures/lines/storefront-gift-card', import.meta.url));
/** Endings behind the check digit of a gift card's code: one that needs a good one, one that needs a bad one. */
const WANTED = [
  'GET /api/gift-cards/:code › 200',
  "POST /api/cart/gift-card › gift_card_code_invalid (not luhnSum(match.slice(1).join('')) % 10 === 0)",
];

export interface GiftCard extends Subject {
  readonly open: readonly OpenScenario[];
}

/** The storefront's gift card endings as they were when their answers were recorded. */
export function frozenGiftCard(): GiftCard {
  const read = (name: string) => JSON.parse(readFileSync(`${FROZEN}/${name}.json`, 'utf8'));
  const open: OpenScenario[] = read('open');
  const about = { model: Model.parse(read('model')), program: programOf(read('files')) };
  return { ...subjectOf(about, { open, prompt: readFileSync(PROMPT, 'utf8') }), open };
}

/**
 * Writes the frozen files anew from what the storefront is read as now. Their questions change with them,
 * and so do the names of the cassettes: each needs its own answer.
 */
export async function freezeGiftCard(): Promise<void> {
  const { model, program, files } = await readModel(STOREFRONT, { emit: () => undefined });
  const scenarios = deriveScenarios(model).filter(({ id }) => WANTED.includes(id));
  const solved = solvePlans(model, scenarios);
  const open = openScenarios(model, { ...solved, scenarios, ...listsOf(solved) });
  const texts = ['package.json', 'tsconfig.json'].map((path) => [
    path,
    readFileSync(`${STOREFRONT}/${path}`, 'utf8'),
  ]);
  const used = open.flatMap((item) => {
    const { prompt } = questionFor(item, subjectOf({ model, program }));
    return [...prompt.matchAll(/^\/\/ (\S+)$/gm)].map(([, path = '']) => path);
  });
  for (const path of [...new Set(used)].sort()) texts.push([path, files.read(path)]);
  mkdirSync(FROZEN, { recursive: true });
  const write = (name: string, value: unknown) =>
    writeFileSync(`${FROZEN}/${name}.json`, textOf(value));
  write(
    'model',
    sliceOf(
      model,
      scenarios.map(({ route }) => route),
    ),
  );
  write('files', Object.fromEntries(texts));
  write('open', open);
}

function listsOf({ plans, unsolved, findings, alike }: ReturnType<typeof solvePlans>) {
  return {
    alike: { ...alike },
    plans: [...plans],
    unsolved: [...unsolved],
    findings: [...findings],
  };
}

/** The app with these routes, the ones that sign in and up, and the tables they reach. */
function sliceOf(model: Model, wanted: readonly string[]): Model {
  const apps = model.apps.map((app) => {
    const ids = new Set([...wanted, app.auth?.signIn?.route, app.auth?.signUp?.route]);
    const routes = app.routes.filter(({ id }) => ids.has(id));
    const touched = new Set(routes.flatMap(tablesOf));
    for (const table of touched) {
      const keys = app.tables.find(({ id }) => id === table)?.foreignKeys ?? [];
      for (const key of keys) touched.add(key.table);
    }
    const tables = app.tables.filter(({ id }) => touched.has(id));
    return { ...app, routes, tables, pages: [], components: [] };
  });
  return { ...model, repo: { ...model.repo, commit: null }, apps, findings: [] };
}

function tablesOf({ reads, writes }: Route): string[] {
  const joined = reads.flatMap(({ joins }) => joins);
  return [...reads, ...joined, ...writes].map(({ table }) => table);
}

/** The recorded answers to the frozen endings, in their order, as a provider would give them. */
export function giftCardAnswers({ open, ...subject }: GiftCard): string[] {
  return open.map((item) => {
    const key = cassetteKey(questionFor(item, subject));
    const path = new URL(`../../fixtures/cassettes/${key}.json`, import.meta.url);
    return JSON.parse(readFileSync(path, 'utf8')).answer;
  });
}
