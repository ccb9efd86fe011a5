import { forgetBaseline } from '../../src/db/baseline.ts';
import type { Model } from '../../src/model/model.ts';
import { readShape } from '../../src/operations/shape.ts';
import { compileState } from '../../src/state/compile.ts';
import { openAsker } from './ask.ts';
import type { Ground } from './ground.ts';
import type { Ask } from './task.ts';

interface About {
  readonly model: Model;
  readonly plans: readonly Ask['plan'][];
}

/**
 * Each plan asked once, alone: it fits where it can be compiled, answers as planned and leaves nothing.
 * What the app makes of its own accord and ties to no row of ours needs a database of its own.
 */
export async function fitting({ model, plans }: About, ground: Ground) {
  await ground.database.baseline();
  const fit: Ask[] = [];
  const unfit: { plan: string; why: string }[] = [];
  const shape = await ground.database.session(readShape);
  const before = JSON.stringify(await ground.database.checksums());
  const [app] = model.apps;
  await using asker = await openAsker(addresses(ground));
  for (const plan of plans) {
    const why = await unfitness(plan);
    if (why !== null) unfit.push({ plan: plan.id, why });
  }
  await ground.database.session(forgetBaseline);
  return { fit, unfit };

  async function unfitness(plan: Ask['plan']): Promise<string | null> {
    if (!app || Object.keys(plan.given.env).length > 0) return 'it needs an app of its own';
    if (plan.given.absent.length > 0) return 'it is about a whole table';
    const { state, findings } = compileState(plan, { app, ...shape, seed: '1' });
    const [wrong] = findings.filter(({ severity }) => severity === 'error');
    if (wrong) return wrong.code;
    const problem = await asker.ask({ plan, state }).then(
      (asked) => asked.problem,
      (error: unknown) => String(error),
    );
    if (problem) return problem;
    if (JSON.stringify(await ground.database.checksums()) !== before) {
      await ground.database.reset();
      return 'the app writes rows that refer to nothing of the plan';
    }
    fit.push({ plan, state });
    return null;
  }
}

export function addresses({ url, database, twin, app }: Ground) {
  return { url, database: database.url, twin, app: app.url };
}
