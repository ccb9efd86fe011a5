import { Config } from '../../src/config/config.ts';
import { provePlans } from '../../src/operations/proving.ts';
import { isMade, type Plan } from '../../src/plan/plan.ts';
import { programOf } from '../../test/setup/code.ts';
import type { Reduced, Run } from '../record.ts';
import type { Settings } from '../settings.ts';
import { HANDLERS, handlerTexts } from '../texts.ts';

/**
 * Sets every plan of an app up and fires it, and with them each plan once for every part left out of it:
 * a part the ending comes about without was not needed.
 */
export async function proveHandler(
  name: string,
  { model, scenarios, plans }: Run,
  { place }: Settings,
): Promise<Pick<Run, 'proofs' | 'reduced'>> {
  const { repo } = programOf(handlerTexts(name));
  const config = Config.parse({
    app: {
      start: ['node', 'serve.ts', name],
      migrate: ['node', 'migrate.ts', name],
      ready: '/healthz',
    },
    workers: 1,
  });
  const less = plans.filter(({ variantOf }) => variantOf === null).flatMap(reductions);
  const fired = await provePlans(
    {
      root: HANDLERS,
      config,
      repo,
      model,
      scenarios,
      known: plans,
      plans: [...plans, ...less.map(({ plan }) => plan)],
    },
    place,
  );
  const verdicts = new Map(fired.map((proof) => [proof.plan, proof]));
  return {
    proofs: plans.flatMap(({ id }) => verdicts.get(id) ?? []),
    reduced: less.flatMap(({ of, without, plan }): Reduced[] => {
      const proof = verdicts.get(plan.id);
      return proof ? [{ plan: of, without, proven: proof.verdict === 'proven' }] : [];
    }),
  };
}

interface Reduction {
  readonly of: string;
  readonly without: string;
  readonly plan: Plan;
}

/** The plan without each row nobody refers to, and without each column set in one. */
function reductions(plan: Plan): Reduction[] {
  const text = JSON.stringify(plan);
  const made = Object.entries(plan.given.rows).flatMap(([name, row]) =>
    isMade(row) ? [{ name, row }] : [],
  );
  const rows = made.filter(
    ({ name }) => !text.includes(`"${name}.`) && !text.includes(`{${name}.`),
  );
  return [
    ...rows.map(({ name }) => reduced(plan, name, withRows(plan, { [name]: null }))),
    ...made.flatMap(({ name, row }) =>
      Object.keys(row.set).map((column) => {
        const { [column]: _, ...set } = row.set;
        return reduced(plan, `${name}.${column}`, withRows(plan, { [name]: { ...row, set } }));
      }),
    ),
  ];
}

function reduced(plan: Plan, without: string, rows: Plan['given']['rows']): Reduction {
  const id = `${plan.id} › without ${without}`;
  const less: Plan = { ...plan, id, variantOf: plan.id, given: { ...plan.given, rows } };
  return { of: plan.id, without, plan: less };
}

function withRows(
  { given }: Plan,
  changed: Readonly<Record<string, Plan['given']['rows'][string] | null>>,
): Plan['given']['rows'] {
  const entries = Object.entries({ ...given.rows, ...changed });
  return Object.fromEntries(entries.flatMap(([name, row]) => (row ? [[name, row]] : [])));
}
