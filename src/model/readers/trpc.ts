import type { Finding } from '../../kernel/finding.ts';
import { leadingFiles } from '../files.ts';
import type { Endpoint, Endpoints, FrameworkReader } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import { aroundIn } from './trpc/around.ts';
import { endpointsOf } from './trpc/endpoints.ts';
import { handlers } from './trpc/handlers.ts';
import { mountsIn } from './trpc/mounts.ts';
import { trpcSemantics } from './trpc/register.ts';
import { unresolved } from './unresolved.ts';

/** Reads tRPC's procedures (10 and 11) under the paths at which adapters serve their routers. */
export const trpc = {
  name: 'trpc',
  packages: ['@trpc/server'],
  semantics: handlers,
  read(program, root): Endpoints {
    const machine = createMachine(program, [trpcSemantics], program.outlined());
    const findings: Finding[] = [];
    const endpoints: Endpoint[] = [];
    const files = leadingFiles(program, root, (name) =>
      /^(@trpc\/server|@hono\/trpc|trpc-(to-)?openapi)/.test(name),
    );
    const around = aroundIn(program, root);
    for (const file of files) {
      for (const mount of mountsIn(machine, file, { files, around })) {
        if ('router' in mount) endpoints.push(...endpointsOf(mount, handlers, findings));
        else {
          const reason = 'where the router is served is not known';
          findings.push(unresolved(mount.node, 'model.unresolvedRoute', reason));
        }
      }
    }
    return { endpoints, findings };
  },
} satisfies FrameworkReader;
