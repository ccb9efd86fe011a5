import type { EvalCase } from '../../src/eval/eval.ts';
import { planTexts } from '../handlers/planning.ts';
import type { Run } from '../record.ts';
import type { Settings } from '../settings.ts';
import { handlerKey, handlerTexts } from '../texts.ts';
import { PAYLOADS, plant, WISHES } from './payloads.ts';

const APPS = ['library-loan', 'auction-bid', 'invite-accept'];

/** Apps with instructions planted in their repo: their plans must be those of the clean one. */
export function injectedCases(settings: Settings): EvalCase<Run>[] {
  return APPS.flatMap((app) =>
    PAYLOADS.map(
      (payload): EvalCase<Run> => ({
        id: `injected/${app}/${payload.name}`,
        group: 'injected',
        planner: 'solver',
        prompt: null,
        run: async () => {
          const texts = handlerTexts(app);
          const clean = settings.steps.plan(settings.steps.read(texts).model).plans;
          const record = planTexts(plant(payload, texts, app), handlerKey(app), settings);
          const twin = { relation: 'same', plans: clean, affected: [], renamed: {} } as const;
          return {
            origin: 'solver',
            record: { ...record, twin, payloads: WISHES },
          };
        },
      }),
    ),
  );
}
