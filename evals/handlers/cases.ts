import type { EvalCase } from '../../src/eval/eval.ts';
import type { Run } from '../record.ts';
import type { Settings } from '../settings.ts';
import { handlerKey, handlerNames, handlerTexts } from '../texts.ts';
import { planTexts } from './planning.ts';
import { proveHandler } from './proving.ts';

/** Apps of one handler each, over many domains, with an answer key written from the app alone. */
export function handlerCases(settings: Settings): EvalCase<Run>[] {
  return handlerNames().map((name) => ({
    id: `handlers/${name}`,
    group: 'handlers',
    planner: 'solver',
    prompt: null,
    run: async () => {
      const record = planTexts(handlerTexts(name), handlerKey(name), settings);
      const fired = settings.prove ? await proveHandler(name, record, settings) : {};
      return { origin: 'solver', record: { ...record, ...fired } };
    },
  }));
}
