import type { Finding } from '../../kernel/finding.ts';
import { leadingFiles, ownFiles } from '../files.ts';
import type { Endpoint, Endpoints, FrameworkReader } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import { runBuilders } from './builders.ts';
import { endpointsOf } from './express/endpoints.ts';
import { rootsOf } from './express/roots.ts';
import type { Flat } from './express/tree.ts';
import { handlers } from './koa/handlers.ts';
import { createKoa, isCatching } from './koa/register.ts';
import { isMaking, isRegistration } from './koa/registration.ts';
import { unreached } from './unreached.ts';
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
    runBuilders(machine, files, { seen: run.seen, isMaking });
    const { roots, stray } = rootsOf(run.routers);
    const apps = [...roots, ...stray.filter(({ isApp }) => isApp)];
    const endpoints = apps.flatMap(
      (one) => endpointsOf(one, { semantics: handlers, sees }).endpoints,
    );
    const loose = stray.filter(({ isApp }) => !isApp);
    const unmounted = loose.map(({ node }) =>
      unresolved(node, 'model.unmountedRouter', 'no app uses it'),
    );
    const left = unreached(program, ownFiles(program.repo, root), {
      seen: run.seen,
      isRegistration,
    });
    return {
      endpoints: endpoints.map(withCatching),
      findings: unique([...run.findings, ...unmounted, ...left]),
    };
  },
} satisfies FrameworkReader;

/** A router's own middleware runs where one of its routes is asked for, never for those of the next router. */
function sees({ under }: Flat, route: Flat): boolean {
  const mount = under.find((each) => each.kind === 'mount' && !each.router.isApp);
  return !mount || route.under.includes(mount);
}

function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.fingerprint} ${one.at.line}`, one])).values()];
}

/** Errors go to the middleware around the handler that catches them, the nearest first. */
function withCatching(endpoint: Endpoint): Endpoint {
  return { ...endpoint, onError: endpoint.chain.slice(0, -1).filter(isCatching).reverse() };
}
