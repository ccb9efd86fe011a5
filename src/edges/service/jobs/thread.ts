import { parentPort, workerData } from 'node:worker_threads';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { Event } from '../../../kernel/events.ts';
import { findRoute, type Model } from '../../../model/model.ts';
import { readModel, readTexts } from '../../../operations/reading.ts';
import { subjectOf } from '../../../operations/subject.ts';
import type { Program } from '../../../repo/repo.ts';
import { type Handed, prepareModel } from './prepare.ts';
import type { Said } from './threads.ts';
import type { PlanSource } from './work.ts';

const say = (said: Said<Handed>) => parentPort?.postMessage(said);
const emit = (event: Event) => say({ kind: 'event', event });

async function read(source: PlanSource): Promise<{ model: Model; program: Program | null }> {
  if (source.kind === 'model') return { model: JSON.parse(source.text), program: null };
  if (source.kind === 'repo') return readModel(source.path, { emit });
  return readTexts(new Map(Object.entries(source.files)), emit);
}

async function prepare({
  source,
  prompt,
}: {
  source: PlanSource;
  prompt: string;
}): Promise<Handed> {
  const { model, program } = await read(source);
  const { planned, open } = prepareModel(model, prompt, { emit });
  const subject = program && subjectOf({ model, program });
  const code = open.map(({ scenario }) => {
    const route = findRoute(model, scenario.route)?.route;
    return [scenario.id, subject?.codeOf(scenario, route) ?? ''];
  });
  return { model, planned, open, code: Object.fromEntries(code) };
}

try {
  say({ kind: 'done', result: await prepare(workerData) });
} catch (error) {
  if (!(error instanceof StatewrightError)) throw error;
  const { code, message, hint } = error;
  say({ kind: 'failed', code, message, hint });
}
