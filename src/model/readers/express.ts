import type { Finding } from '../../kernel/finding.ts';
import { leadingFiles } from '../files.ts';
import type { Endpoints, FrameworkReader } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import { endpointsOf } from './express/endpoints.ts';
import { handlers } from './express/handlers.ts';
import { createExpress } from './express/register.ts';
import { isRegistration } from './express/registration.ts';
import { callFactories, rootsOf } from './express/roots.ts';
import { unreached } from './unreached.ts';
import { unresolved } from './unresolved.ts';

/** Reads Express apps by running their modules in the abstract; what is left over is a finding. */
export const express = {
  name: 'express',
  packages: ['express'],
  semantics: handlers,
  read(program, root): Endpoints {
    const run = createExpress();
    const machine = createMachine(program, [run.semantics]);
    const files = leadingFiles(program, root, (specifier) =>
      /^(express(-|$)|@awaitjs\/express)/.test(specifier),
    );
    for (const file of files) machine.run(file);
    callFactories(machine, files, run);
    const { roots, stray } = rootsOf(run.routers);
    const found = roots.map((router) => endpointsOf(router, { semantics: handlers }));
    return {
      endpoints: found.flatMap(({ endpoints }) => endpoints),
      findings: unique([
        ...run.findings,
        ...found.flatMap(({ shadowed }) =>
          shadowed.map(({ node }) =>
            unresolved(node, 'model.shadowedRoute', 'an earlier route answers first'),
          ),
        ),
        ...stray.map(({ node }) =>
          unresolved(node, 'model.unmountedRouter', 'nothing mounts or serves it'),
        ),
        ...unreached(program, files, { seen: run.seen, isRegistration }),
        ...(machine.step() ? [] : [tooLong()]),
      ]),
    };
  },
} satisfies FrameworkReader;

function tooLong(): Finding {
  const reason = 'the code builds its routes in more steps than are followed';
  return unresolved(null, 'model.unresolvedRoute', reason);
}

function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.fingerprint} ${one.at.line}`, one])).values()];
}
