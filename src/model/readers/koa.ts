import { leadingFiles } from '../files.ts';
import type { Endpoint, Endpoints, FrameworkReader } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import { endpointsOf } from './express/endpoints.ts';
import { rootsOf } from './express/roots.ts';
import { handlers } from './koa/handlers.ts';
import { createKoa, isCatching } from './koa/register.ts';
import { unresolved } from './unresolved.ts';

/** Reads Koa apps with their routers by running their modules in the abstract; what is left over is a finding. */
export const koa = {
  name: 'koa',
  packages: ['koa', '@koa/router', 'koa-router'],
  semantics: handlers,
  read(program, root): Endpoints {
    const run = createKoa();
    const machine = createMachine(program, [run.semantics]);
    const files = leadingFiles(program, root, (name) =>
      /^(koa|@koa\/router|koa-router)$/.test(name),
    );
    for (const file of files) machine.run(file);
    const { roots, stray } = rootsOf(run.routers);
    const endpoints = roots.flatMap((one) => endpointsOf(one, handlers).endpoints);
    const unmounted = stray.map(({ node }) =>
      unresolved(node, 'model.unmountedRouter', 'no app uses it'),
    );
    return { endpoints: endpoints.map(withCatching), findings: [...run.findings, ...unmounted] };
  },
} satisfies FrameworkReader;

/** Errors go to the middleware around the handler that catches them, the nearest first. */
function withCatching(endpoint: Endpoint): Endpoint {
  return { ...endpoint, onError: endpoint.chain.slice(0, -1).filter(isCatching).reverse() };
}
