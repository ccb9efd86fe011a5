import * as z from 'zod';
import { defineOperation } from '../kernel/operation.ts';
import { Model } from '../model/model.ts';
import { type Reader, readModel } from './reading.ts';

export const analyzeRepo = defineOperation({
  name: 'analyze',
  summary: 'Read a repo: its routes, pages, tables and every way each route can end',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to read' }),
  }),
  output: Model,
  run: async ({ path }, place: Reader) => (await readModel(path, place)).model,
});
