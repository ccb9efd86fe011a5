import type { Finding } from '../../kernel/finding.ts';
import type { Endpoints, FrameworkReader } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import { honoFiles } from './hono/files.ts';
import { handlers } from './hono/handlers.ts';
import { isRegistration } from './hono/registration.ts';
import { callFactories, rootsOf, runMakers } from './hono/roots.ts';
import { createHono } from './hono/semantics.ts';
import { type Entry, endpointsOf, type Router } from './routing-tree.ts';
import { unreached } from './unreached.ts';
import { unresolved } from './unresolved.ts';

/**
 * Reads Hono apps by running their modules in the abstract: routers are built in the order the language would
 * build them, through factories, classes, loops and files. What is left over is a finding.
 */
export const hono = {
  name: 'hono',
  packages: ['hono', '@hono/hono', '@hono/zod-openapi'],
  semantics: handlers,
  read(program, root): Endpoints {
    const run = createHono();
    const machine = createMachine(program, [run.semantics], program.outlined());
    const files = honoFiles(program, root);
    for (const file of files) machine.run(file);
    if (!run.routers.some(hasRoutes)) callFactories(machine, files, run);
    const built = { run, files };
    const loaded = rootsOf(program, machine, built);
    if (loaded.unclear || loaded.stray.some(hasRoutes)) runMakers(machine, files, run);
    const { roots, stray } = rootsOf(program, machine, built);
    const found = roots.map((router) => endpointsOf(router, handlers));
    return {
      endpoints: found.flatMap(({ endpoints }) => endpoints),
      findings: unique([
        ...run.findings,
        ...found.flatMap(({ shadowed }) => shadowed.map(shadowedFinding)),
        ...stray.filter(hasRoutes).map(strayFinding),
        ...(machine.step() ? [] : [tooLong(run.routers)]),
      ]),
      leftOver: (view) => unreached(view, files, { seen: run.seen, isRegistration }),
    };
  },
} satisfies FrameworkReader;

function hasRoutes(router: Router): boolean {
  return router.entries.some(({ role }) => role !== 'middleware');
}

function shadowedFinding({ node }: Entry): Finding {
  return unresolved(node, 'model.shadowedRoute', 'an earlier route answers first');
}

/** A router nothing mounts or serves: its routes can't be requested, as far as the code shows. */
function strayFinding({ node }: Router): Finding {
  return unresolved(node, 'model.unmountedRouter', 'nothing mounts or serves it');
}

function tooLong([router]: readonly Router[]): Finding {
  const reason = 'the code builds its routes in more steps than are followed';
  return unresolved(router?.node ?? null, 'model.unresolvedRoute', reason);
}

function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.fingerprint} ${one.at.line}`, one])).values()];
}
