import * as z from 'zod';
import { defineOperation } from '../kernel/operation.ts';
import { deriveScenarios } from '../scenarios/derive.ts';
import { type Reader, readModel } from './reading.ts';

/** At most so many routes are told at once. */
const MOST = 200;

export const listRoutes = defineOperation({
  name: 'routes',
  summary: 'List the routes and pages of the app with the ids of their endings',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to read' }),
    containing: z
      .string()
      .default('')
      .describe('Only routes whose id contains this text, for instance "cart"'),
  }),
  output: z.object({
    routes: z.array(
      z.object({
        id: z.string(),
        kind: z.string(),
        at: z.string(),
        endings: z.array(
          z.object({ id: z.string(), status: z.number().nullable(), feasibility: z.string() }),
        ),
      }),
    ),
    total: z.number().int(),
    more: z.boolean(),
  }),
  run: async ({ path, containing }, place: Reader) => {
    const { model } = await readModel(path, place);
    const scenarios = deriveScenarios(model);
    const all = model.apps
      .flatMap((app) => [...app.routes, ...app.pages])
      .filter(({ id }) => id.toLowerCase().includes(containing.toLowerCase()));
    const routes = all.slice(0, MOST).map(({ id, kind, at, outcomes }) => {
      const statuses = new Map(outcomes.map((outcome) => [outcome.id, outcome.status]));
      const endings = scenarios
        .filter(({ route }) => route === id)
        .map((scenario) => ({
          id: scenario.id,
          status: statuses.get(scenario.outcome) ?? null,
          feasibility: scenario.feasibility,
        }));
      return { id, kind, at: `${at.file}:${at.line}`, endings };
    });
    return { routes, total: all.length, more: all.length > MOST };
  },
});
