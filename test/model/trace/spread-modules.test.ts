import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const app = {
  'package.json': JSON.stringify({ name: 'zoo', dependencies: { express: '4' } }),
  'animals.ts': `
    import { Router } from 'express';
    export const all = async (req, res) => res.status(200).send([]);
    export * from './animal.ts';
    export const router = Router();
    router.get('/fed', (req, res) => res.status(204).end());`,
  'animal.ts': 'export function one(req, res) { res.status(202).end(); }',
  'keepers.js': 'module.exports = { keepers: (req, res) => res.status(203).end() };',
  'controllers.ts': `
    import * as animals from './animals.ts';
    import * as keepers from './keepers.js';
    export default { ...animals, ...keepers };`,
  'app.ts': `
    import express from 'express';
    import controllers from './controllers.ts';
    const { all, one } = controllers;
    const caught = (fn) => (req, res, next) => { fn(req, res).catch(next); };
    const app = express();
    app.get('/animals', caught(all));
    app.get('/animals/:id', one);
    app.get('/keepers', controllers.keepers);
    app.use('/cages', controllers.router);`,
};

test.each([
  ['GET /animals', '200'],
  ['GET /animals/:id', '202'],
  ['GET /keepers', '203'],
  ['GET /cages/fed', '204'],
])('what modules export is in the object they are spread into: %s', (route, status) => {
  expect(outcomes(trace(app, route, express))).toEqual([`${status} ${status}: `]);
});
