import * as z from 'zod';
import { StatewrightError } from '../kernel/errors.ts';
import { Finding } from '../kernel/finding.ts';
import { defineOperation } from '../kernel/operation.ts';
import { deriveScenarios } from '../scenarios/derive.ts';
import { Scenario } from '../scenarios/scenarios.ts';
import { didYouMean } from './nearest.ts';
import { type Reader, readModel } from './reading.ts';

export const listScenarios = defineOperation({
  name: 'scenarios',
  summary: 'List every way each route and page can end, with the conditions that lead there',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to read' }),
    route: z.string().optional().describe('Only this route, for instance "POST /checkout"'),
  }),
  output: z.object({ scenarios: z.array(Scenario), findings: z.array(Finding) }),
  run: async ({ path, route }, place: Reader) => {
    const { model } = await readModel(path, place);
    const all = deriveScenarios(model);
    const scenarios = all.filter((item) => route === undefined || item.route === route);
    if (route !== undefined && scenarios.length === 0) {
      const known = [...new Set(all.map((item) => item.route))];
      throw new StatewrightError('scenarios.unknownRoute', `There is no route "${route}".`, {
        hint: didYouMean(route, known, 'Run "statewright analyze" to see what was read.'),
      });
    }
    return { scenarios, findings: [...model.findings] };
  },
});
