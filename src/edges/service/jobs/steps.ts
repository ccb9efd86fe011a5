import { StatewrightError } from '../../../kernel/errors.ts';
import type { Step } from '../../../operations/plan-job.ts';
import type { Storage } from '../store/db.ts';
import { keepStep, readStep } from '../store/jobs.ts';

/** Steps of a job that lives and dies with this process. */
export function memorySteps(results: Map<string, unknown> = new Map()): Step {
  return async (name, work) => {
    if (!results.has(name)) results.set(name, await work());
    // What stands under a name is what the work of that name gave.
    return results.get(name) as Awaited<ReturnType<typeof work>>;
  };
}

/** Steps kept beside the job, so that whoever goes on with it finds what is done. */
export function storedSteps(job: string, storage: Storage): Step {
  return async (name, work) => {
    const before = await storage.with((db) => readStep(db, job, name));
    if (before.ended) throw jobEnded(job);
    if (before.result !== null) return JSON.parse(before.result);
    const result = JSON.stringify(await work());
    await storage.with((db) => keepStep(db, job, { name, result }));
    // Another process may have been first; its result is the one that stands.
    const kept = await storage.with((db) => readStep(db, job, name));
    return JSON.parse(kept.result ?? result);
  };
}

/** It was cancelled, or another worker brought it to its end: nothing is left to do. */
function jobEnded(job: string): StatewrightError {
  return new StatewrightError('service.jobEnded', `The job ${job} has ended.`, {
    hint: 'Ask for it anew if it is still wanted.',
  });
}
