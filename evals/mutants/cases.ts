import type { EvalCase } from '../../src/eval/eval.ts';
import { planTexts } from '../handlers/planning.ts';
import type { Run, Twin } from '../record.ts';
import type { Settings } from '../settings.ts';
import { handlerKey, handlerTexts, type Texts } from '../texts.ts';
import { FLIPPED, type Flipped, RENAMED, type Renamed } from './mutants.ts';

/** Apps beside a copy with one guard flipped, or one column renamed. */
export function mutantCases(settings: Settings): EvalCase<Run>[] {
  return [
    ...FLIPPED.map((one) => mutant(`flipped/${one.app}`, one.app, () => flip(one, settings))),
    ...RENAMED.map((one) =>
      mutant(`renamed/${one.app}/${one.from}`, one.app, () => rename(one, settings)),
    ),
  ];

  function mutant(id: string, app: string, twin: () => Twin): EvalCase<Run> {
    return {
      id: `mutants/${id}`,
      group: 'mutants',
      planner: 'solver',
      prompt: null,
      run: async () => {
        const record = planTexts(handlerTexts(app), handlerKey(app), settings);
        return { origin: 'solver', record: { ...record, twin: twin() } };
      },
    };
  }
}

function flip({ app, guard, flipped, affected }: Flipped, settings: Settings): Twin {
  const plans = planMutant(app, (text) => text.replace(guard, flipped), settings);
  return { relation: 'changed', plans, affected, renamed: {} };
}

function rename({ app, from, to }: Renamed, settings: Settings): Twin {
  const plans = planMutant(app, (text) => text.replaceAll(`'${from}'`, `'${to}'`), settings);
  return { relation: 'renamed', plans, affected: [], renamed: { [from]: to } };
}

function planMutant(app: string, change: (text: string) => string, { steps }: Settings) {
  const texts = handlerTexts(app);
  const file = `${app}.ts`;
  const before = texts[file] ?? '';
  const after = change(before);
  if (after === before) throw new Error(`the mutant of ${app} is no different from it`);
  const mutant: Texts = { ...texts, [file]: after };
  return steps.plan(steps.read(mutant).model).plans;
}
