import { StatewrightError } from '../../../kernel/errors.ts';
import type { Plan } from '../../../plan/plan.ts';
import { MAX_SMALL_BODY, parseJson, readBytes, requireType } from '../body.ts';
import { ProofRequest } from '../shapes.ts';
import { readPlanning } from '../store/plannings.ts';
import { readProofs, saveProofs } from '../store/proofs.ts';
import { idOf, knownPlanning, notFound, stored } from './asked.ts';
import type { Asked, Handler } from './handlers.ts';
import { asOneMore, runnerOf } from './runs.ts';

export const listProofsOf: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const id = idOf(asked.c);
  const kept = await storage.with((db) => readPlanning(db, key.tenant, id));
  if (!kept) throw notFound('planning', id);
  const owner = { tenant: key.tenant, planning: id };
  return asked.c.json({ proofs: await storage.with((db) => readProofs(db, owner)) });
};

export const provePlans: Handler = async (asked) => {
  const { c, place } = asked;
  const { storage, key } = stored(asked);
  const runner = runnerOf(asked);
  requireType(c, ['application/json']);
  const hint = 'See /docs for what a proof is asked with.';
  const request = parseJson(await readBytes(c, MAX_SMALL_BODY), ProofRequest, hint);
  const plans = await plansOf(asked, request);
  return asOneMore(asked, async () => {
    const proofs = await runner.prove({ repo: request.repo, plans }, c.req.raw.signal);
    const owner = { tenant: key.tenant, planning: idOf(c) };
    await storage.with((db) => saveProofs(db, owner, proofs));
    place.gate?.use(key.id, { runs: proofs.length });
    for (const { verdict } of proofs) place.metrics.count('proofs', { verdict });
    return c.json({ proofs });
  });
};

async function plansOf(asked: Asked, { plans: wanted }: ProofRequest): Promise<Plan[]> {
  const id = idOf(asked.c);
  const { planning } = await knownPlanning(asked, id);
  const known = new Map(planning.plans.map((plan) => [plan.id, plan]));
  return [...new Set(wanted)].map((name) => {
    const plan = known.get(name);
    if (plan) return plan;
    throw new StatewrightError('up.unknownPlan', `That planning has no plan "${name}".`, {
      hint: `GET /v1/plans/${id} lists its plans.`,
    });
  });
}
