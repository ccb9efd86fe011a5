import type { Settings } from '../../evals/settings.ts';
import { STEPS } from '../../evals/suite.ts';
import type { Texts } from '../../evals/texts.ts';
import type { Plan } from '../../src/plan/plan.ts';

/** A change that does nothing to what a plan is worth. */
export interface Harmless {
  readonly name: string;
  readonly steps: Settings['steps'];
}

const texts = (change: (text: string) => string): Settings['steps'] => ({
  ...STEPS,
  read: (given) => {
    const changed: Texts = Object.fromEntries(
      Object.entries(given).map(([file, text]) => [
        file,
        file.endsWith('.ts') ? change(text) : text,
      ]),
    );
    return STEPS.read(changed);
  },
});
const plans = (change: (plan: Plan) => Plan): Settings['steps'] => ({
  ...STEPS,
  plan: (model) => {
    const planned = STEPS.plan(model);
    return { ...planned, plans: planned.plans.map(change) };
  },
});

export const HARMLESS: readonly Harmless[] = [
  { name: 'a comment at the top', steps: texts((text) => `// A note.\n${text}`) },
  { name: 'blank lines', steps: texts((text) => text.replaceAll('\n', '\n\n')) },
  { name: 'other indentation', steps: texts((text) => text.replaceAll('  ', '\t')) },
  { name: 'a renamed local', steps: texts((text) => text.replaceAll('parsed', 'checkedBody')) },
  {
    name: 'a function nobody calls',
    steps: texts((text) => `${text}\nexport function spare() { return 1; }\n`),
  },
  { name: 'Windows line ends', steps: texts((text) => text.replaceAll('\n', '\r\n')) },
  { name: 'another title', steps: plans((plan) => ({ ...plan, title: `${plan.title}.` })) },
  {
    name: 'another order of the plans',
    steps: {
      ...STEPS,
      plan: (model) => {
        const planned = STEPS.plan(model);
        return { ...planned, plans: planned.plans.toReversed() };
      },
    },
  },
  {
    name: 'another order of the rows',
    steps: plans((plan) => {
      const rows = Object.fromEntries(Object.entries(plan.given.rows).reverse());
      return { ...plan, given: { ...plan.given, rows } };
    }),
  },
  {
    name: 'another version of the planner',
    steps: plans((plan) => ({ ...plan, planner: { ...plan.planner, version: '2' } })),
  },
];
