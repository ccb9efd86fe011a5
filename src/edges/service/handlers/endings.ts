import { endingView } from '../ending-view.ts';
import type { Endings, Planning } from '../shapes.ts';
import { readProofs, readVerdicts } from '../store/proofs.ts';
import { idOf, knownPlanning, notFound, stored } from './asked.ts';
import type { Handler } from './handlers.ts';

export const showEnding: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const id = idOf(asked.c);
  const ending = asked.c.req.query('id') ?? '';
  const { planning, model } = await knownPlanning(asked, id);
  const owner = { tenant: key.tenant, planning: id };
  const proofs = await storage.with((db) => readProofs(db, owner, ending));
  const view = endingView(planning, { model, proofs, id: ending });
  if (!view) throw notFound('scenario', ending);
  return asked.c.html(view);
};

export const listEndingsOf: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const id = idOf(asked.c);
  const { cache } = asked.place;
  const name = `${key.tenant} ${id} endings`;
  let body = cache.get(name);
  if (!body) {
    const text = JSON.stringify(shortOf((await knownPlanning(asked, id)).planning));
    body = { bytes: new TextEncoder().encode(text), etag: '' };
    cache.put(name, body);
  }
  const short: Endings = JSON.parse(new TextDecoder().decode(body.bytes));
  const owner = { tenant: key.tenant, planning: id };
  const verdicts = await storage.with((db) => readVerdicts(db, owner));
  const endings = short.endings.map((ending) => ({
    ...ending,
    verdict: verdicts.get(ending.id) ?? null,
  }));
  return asked.c.json({ ...short, endings });
};

/** Each scenario, followed by its variants. */
function shortOf({ id, repo, scenarios, plans, unsolved }: Planning): Endings {
  const planned = new Map(plans.map((plan) => [plan.id, plan]));
  const reasons = new Map(unsolved.map((item) => [item.scenario, item.feasibility]));
  const variants = Map.groupBy(plans, ({ variantOf }) => variantOf);
  const endings = scenarios.flatMap((scenario) => {
    const plan = planned.get(scenario.id);
    const { route } = scenario;
    const unplanned = plan ? null : (reasons.get(scenario.id) ?? 'open');
    const own = { id: scenario.id, route, title: scenario.title, variantOf: null, unplanned };
    const others = (variants.get(scenario.id) ?? []).map((variant) => ({
      ...{ id: variant.id, route, title: variant.title, variantOf: scenario.id, unplanned: null },
      ...{ status: variant.then.status ?? null, verdict: null },
    }));
    return [{ ...own, status: plan?.then.status ?? null, verdict: null }, ...others];
  });
  return { id, repo, endings };
}
