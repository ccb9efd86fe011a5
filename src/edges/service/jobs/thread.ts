import { parentPort } from 'node:worker_threads';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { Event } from '../../../kernel/events.ts';
import { findRoute, type Model } from '../../../model/model.ts';
import type { Program } from '../../../repo/repo.ts';
import { type Handed, prepareModel } from './prepare.ts';
import type { Said, Task } from './threads.ts';

const say = (said: Said<Handed>) => parentPort?.postMessage(said);
const emit = (event: Event) => say({ kind: 'event', event });

async function read({
  source,
  cache,
  roots,
}: Task): Promise<{ model: Model; program: Program | null }> {
  if (source.kind === 'model') return { model: JSON.parse(source.text), program: null };
  // A model is planned without what reads code.
  const { readModel } = await import('../../../operations/reading.ts');
  if (source.kind === 'repo')
    return readModel(source.path, { emit, roots, ...(cache === null ? {} : { cache }) });
  const { readTexts } = await import('../../../operations/read-checkout.ts');
  return readTexts(new Map(Object.entries(source.files)), emit);
}

async function prepare(task: Task): Promise<Handed> {
  const { model, program } = await read(task);
  const { planned, open } = prepareModel(model, task.prompt, { emit });
  const subject =
    program && (await import('../../../operations/subject.ts')).subjectOf({ model, program });
  const code = open.map(({ scenario }) => {
    const route = findRoute(model, scenario.route)?.route;
    return [scenario.id, subject?.codeOf(scenario, route) ?? ''];
  });
  return { model, planned, open, code: Object.fromEntries(code) };
}

parentPort?.on('message', async (task: Task) => {
  try {
    say({ kind: 'done', result: await prepare(task) });
  } catch (error) {
    if (!(error instanceof StatewrightError)) throw error;
    const { code, message, hint } = error;
    say({ kind: 'failed', code, message, hint });
  }
});
