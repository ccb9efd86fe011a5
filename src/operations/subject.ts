import type { Condition } from '../condition/condition.ts';
import { parsePrompt } from '../llm/prompt.ts';
import type { Model, Route } from '../model/model.ts';
import type { Program } from '../repo/repo.ts';
import { sliceAt, slicesFrom } from '../repo/slice.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import type { OpenScenario } from './open-scenarios.ts';
import { readPrompt } from './prompts.ts';
import type { Subject } from './questions.ts';

/** How far the names in code that could not be read are followed. */
const HOPS = 4;
const MOST_CODE = 24_000;

/**
 * What a language model is asked about where the code is at hand. The endings of one route among `open` are
 * asked about with the same code, so that it is a prefix providers can cache; `prompt` is another text than
 * the one that ships.
 */
export function subjectOf(
  of: { readonly model: Model; readonly program: Program },
  { open, prompt }: { readonly open?: readonly OpenScenario[]; readonly prompt?: string } = {},
): Subject {
  return {
    model: of.model,
    wording: parsePrompt(prompt ?? readPrompt()),
    ...(open && { open }),
    codeOf: (scenario, route) => {
      const others = open?.filter((one) => one.scenario.route === scenario.route) ?? [];
      const together = others.length > 0 ? others.map((one) => one.scenario) : [scenario];
      return codeOf(together, route, of.program);
    },
  };
}

/**
 * What is needed to follow what could not be read or is set from outside, then the route and its
 * conditions: whole pieces, as many as there is room for.
 */
function codeOf(together: readonly Scenario[], route: Route | undefined, program: Program): string {
  const conditions = flat(together.flatMap(({ when }) => when));
  const unread = conditions.filter(({ kind }) => kind === 'opaque' || kind === 'environment');
  const slices = [
    ...unread.flatMap(({ at }) => slicesFrom(program, at, { hops: HOPS })),
    ...[...(route ? [route.at] : []), ...conditions.map(({ at }) => at)].map(({ file, line }) =>
      sliceAt(program, file, line),
    ),
  ];
  const texts = new Set(slices.map((slice) => (slice ? `// ${slice.file}\n${slice.text}` : '')));
  texts.delete('');
  let room = MOST_CODE;
  const kept = [...texts].filter((text) => {
    if (text.length > room) return false;
    room -= text.length;
    return true;
  });
  return kept.join('\n\n');
}

function flat(conditions: readonly Condition[]): Condition[] {
  return conditions.flatMap((item) => (item.kind === 'any' ? flat(item.of.flat()) : [item]));
}
