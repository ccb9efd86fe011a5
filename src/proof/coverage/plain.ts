import type { When } from '../../plan/plan.ts';
import { fire } from '../fire.ts';
import { closeStage, openStage, type StagePorts } from '../stage.ts';

/**
 * Fires requests with nothing set up and nobody signed in, in an app that has just started, and tells what
 * ran for them. What they are answered is not looked at.
 */
export async function askPlainly(
  requests: readonly When[],
  { ports, signal }: { ports: StagePorts; signal: AbortSignal },
): Promise<void> {
  const { covering } = ports;
  if (!covering || requests.length === 0) return;
  const stage = await openStage({}, { ports, signal });
  try {
    const { url, folder } = stage.app;
    for (const when of requests) {
      if (!stage.app.alive()) return;
      await fire(when, { url, folder, credentials: null, signal }).catch(() => null);
      signal.throwIfAborted();
    }
    covering.asked(await stage.app.ran());
  } finally {
    await closeStage(stage);
  }
}
