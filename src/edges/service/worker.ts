import { WorkflowEntrypoint, type WorkflowStep } from 'cloudflare:workers';
import manifest from '../../../package.json' with { type: 'json' };
import prompt from '../../../prompts/plan/propose.md';
import { openService } from './app.ts';
import { type Env, openWorkerPlace, workOnWorker } from './worker-place.ts';

const isolate = { prompt, version: manifest.version };
const RETRIES = { retries: { limit: 5, delay: '2 seconds', backoff: 'exponential' } };

/** A plan job as a Cloudflare Workflow: whatever ends the isolate, it goes on with the step that is next. */
export class PlanWorkflow extends WorkflowEntrypoint<Env> {
  override async run(
    { payload }: { readonly payload: { readonly job: string } },
    step: WorkflowStep,
  ): Promise<void> {
    const { env } = this;
    await workOnWorker(payload.job, {
      env,
      isolate,
      step: (name, work) => step.do(name, RETRIES, work),
    });
  }
}

interface Context {
  waitUntil(work: Promise<unknown>): void;
}

/** The Cloudflare Worker: plans posted models. Reading sources and the executor are on Node. */
export default {
  async fetch(request: Request, env: Env, context: Context): Promise<Response> {
    const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
    const { place, settle } = openWorkerPlace(env, isolate, waitUntil);
    const response = await openService(place).fetch(request);
    if (response.body === null) {
      waitUntil(settle());
      return response;
    }
    // A stream of events reads the storage until it ends.
    const { readable, writable } = new TransformStream();
    waitUntil(
      response.body
        .pipeTo(writable)
        .catch(() => undefined)
        .then(settle),
    );
    return new Response(readable, response);
  },
};
