import * as z from 'zod';
import { Finding } from '../kernel/finding.ts';
import { defineOperation } from '../kernel/operation.ts';
import { deriveScenarios } from '../scenarios/derive.ts';
import { Scenario } from '../scenarios/scenarios.ts';
import { readModel } from './reading.ts';

export const listScenarios = defineOperation({
  name: 'scenarios',
  summary: 'List every way each route and page can end, with the conditions that lead there',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to read' }),
    route: z.string().optional().describe('Only this route, for instance "POST /checkout"'),
  }),
  output: z.object({ scenarios: z.array(Scenario), findings: z.array(Finding) }),
  run: async ({ path, route }, { emit }) => {
    const { model } = await readModel(path, emit);
    const scenarios = deriveScenarios(model).filter((item) => !route || item.route === route);
    return { scenarios, findings: [...model.findings] };
  },
});
