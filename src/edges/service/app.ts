import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { StatewrightError } from '../../kernel/errors.ts';
import type { Needs } from '../../kernel/operation.ts';
import { planPosted } from '../../operations/plan.ts';
import { problem, problemOf } from './problem.ts';

const MAX_MODEL_BYTES = 20 * 1024 * 1024;

/** The plan service. `serves` is what the place can give; anything needing more is answered with where it runs. */
export function openService(serves: Needs): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ ok: true, serves }));
  app.post('/v1/plans', bodyLimit({ maxSize: MAX_MODEL_BYTES, onError: tooLarge }), async (c) => {
    const body = await c.req.json().catch(() => null);
    if (body && typeof body === 'object' && !('model' in body)) {
      throw new StatewrightError('service.needsModel', 'The body has no "model".', {
        hint: 'Make one where the checkout is, with "npx statewright analyze --json", and post it as {"model": …}.',
      });
    }
    const input = planPosted.input.safeParse(body);
    if (!input.success) {
      const [issue] = input.error.issues;
      return problem(c, {
        status: 400,
        code: 'service.badModel',
        detail: `${issue?.path.join('.') || 'The body'}: ${issue?.message}.`,
        hint: 'Post {"model": …} as "npx statewright analyze --json" prints it.',
      });
    }
    const signal = c.req.raw.signal;
    return c.json(await planPosted.run(input.data, { emit: () => undefined, signal }));
  });
  app.notFound((c) =>
    problem(c, {
      status: 404,
      code: 'service.noSuchRoute',
      detail: `${c.req.method} ${c.req.path} is not served here.`,
      hint: 'POST /v1/plans plans a posted model. Reading a repo and setting up states run on Node: npx statewright.',
    }),
  );
  app.onError(problemOf);
  return app;
}

function tooLarge(c: Parameters<typeof problem>[0]): Response {
  return problem(c, {
    status: 413,
    code: 'service.tooLarge',
    detail: `A model may have at most ${MAX_MODEL_BYTES} bytes.`,
    hint: 'Analyse one app of the repo at a time.',
  });
}
