import type { Finding } from '../../kernel/finding.ts';
import type { Endpoints, FrameworkReader } from '../reader.ts';
import { appsIn } from './express/apps.ts';
import { endpointsOf } from './express/endpoints.ts';
import { handlers } from './express/handlers.ts';
import { isRegistration } from './express/registration.ts';
import { unreached } from './unreached.ts';
import { unresolved } from './unresolved.ts';

/** Reads Express apps by running their modules in the abstract; what is left over is a finding. */
export const express = {
  name: 'express',
  packages: ['express'],
  semantics: handlers,
  read(program, root): Endpoints {
    const { roots, stray, run, machine, files } = appsIn(program, root);
    const found = roots.map((router) => endpointsOf(router, { semantics: handlers, put: run.put }));
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
