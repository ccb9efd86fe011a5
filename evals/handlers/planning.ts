import type { Key } from '../endings/key.ts';
import type { Run } from '../record.ts';
import type { Settings } from '../settings.ts';
import type { Texts } from '../texts.ts';

/** Reads and plans an app given as texts, twice, for its run's record. */
export function planTexts(texts: Texts, key: Key | null, { steps }: Settings): Run {
  const begun = performance.now();
  const { model } = steps.read(texts);
  const planned = steps.plan(model);
  const ms = performance.now() - begun;
  return {
    ...planned,
    model,
    key,
    ms,
    again: steps.plan(steps.read(texts).model).plans,
    twin: null,
    payloads: [],
    asked: null,
    proofs: null,
    reduced: null,
  };
}
