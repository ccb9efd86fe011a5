import { StatewrightError } from '../kernel/errors.ts';
import type { Plan } from '../plan/plan.ts';
import { type Attempt, type AttemptPorts, attempt, type Way } from './attempt.ts';
import { closeStage, type Env, openStage, type Stage, type StagePorts } from './stage.ts';

export interface HeldStage {
  attempt(plan: Plan, way: Way): Promise<Attempt>;
  close(): Promise<void>;
}

/** A stage that is opened when a plan first needs it and replaced once it is spoiled. */
export function holdStage(
  env: Env,
  { ports, attempts, signal }: { ports: StagePorts; attempts: AttemptPorts; signal: AbortSignal },
): HeldStage {
  let stage: Stage | null = null;
  let failure: Attempt | null = null;
  const close = async () => {
    const closing = stage;
    stage = null;
    if (closing) await closeStage(closing);
  };
  return {
    close,
    async attempt(plan, way) {
      if (failure) return failure;
      try {
        stage ??= await openStage(env, { ports, signal });
      } catch (error) {
        failure = startFailure(env, error);
        return failure;
      }
      const result = await attempt(plan, stage, { ports: attempts, signal, way });
      if (result.spoiled) await close();
      return result;
    },
  };
}

/** An app that doesn't start with a plan's own variables is that plan's ending; any other failure is thrown. */
function startFailure(env: Env, error: unknown): Attempt {
  const isApp = error instanceof StatewrightError && error.code.startsWith('app.');
  if (!isApp || Object.keys(env).length === 0) throw error;
  const names = Object.keys(env).join(', ');
  return {
    verdict: 'crashed',
    reason: `the app does not start with the plan's ${names}: ${error.message}`,
    observed: null,
    differs: [],
    residue: [],
    timings: { setUpMs: 0, requestMs: 0, resetMs: 0 },
    spoiled: true,
    shortcut: false,
  };
}
