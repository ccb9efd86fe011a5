import * as z from 'zod';
import { canonicalJson } from '../../src/kernel/digest.ts';
import type { Llm, Question } from '../../src/llm/llm.ts';
import { type Prompt, renderPrompt } from '../../src/llm/prompt.ts';
import { redact } from '../../src/llm/redact.ts';
import type { Item } from './item.ts';

/** What a judge is asked about each item. */
export const CRITERIA = ['clarity', 'relevance'] as const;
export type Criterion = (typeof CRITERIA)[number];

const GradeOf = z.literal([1, 2, 3, 4, 5]);
const Grades = z.object({
  grades: z.array(
    z.object({ item: z.string(), because: z.string(), clarity: GradeOf, relevance: GradeOf }),
  ),
});
export type Grade = Readonly<Record<Criterion, number>>;

const MAX_TOKENS = 6_000;
/** As many items as are asked about at once. */
const AT_ONCE = 10;

/** Items in the portions they are asked about in. */
export function portions(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
}

/** The question about one portion. */
export function judgeQuestion(
  items: readonly Item[],
  { wording, about }: { readonly wording: Prompt; readonly about: string },
): Question<typeof Grades> {
  const text = items.map((item) => canonicalJson(item)).join('\n');
  const { system, prompt } = renderPrompt(wording, { items: text });
  return {
    ...{ system, prompt: redact(prompt), schema: Grades, name: 'grades' },
    ...{ maxTokens: MAX_TOKENS, about },
  };
}

/**
 * The grades of one portion by item. Nothing is taken for an item that was graded twice or that nobody
 * asked about, and nothing at all of an answer that could not be read.
 */
export async function gradePortion(
  items: readonly Item[],
  options: {
    readonly wording: Prompt;
    readonly about: string;
    readonly llm: Llm;
    readonly signal: AbortSignal;
  },
): Promise<ReadonlyMap<string, Grade>> {
  const answer = await options.llm.ask(judgeQuestion(items, options), options);
  if (answer.kind !== 'ok') return new Map();
  const given = Map.groupBy(answer.value.grades, ({ item }) => item);
  return new Map(
    items.flatMap(({ id }): [string, Grade][] => {
      const [grade, ...more] = given.get(id) ?? [];
      return grade && more.length === 0 ? [[id, grade]] : [];
    }),
  );
}
