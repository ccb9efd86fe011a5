import { leadingFiles, ownFiles } from '../files.ts';
import type { Endpoints, FrameworkReader } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import { meant } from '../static/property.ts';
import type { Machine } from '../static/value.ts';
import { handlers, handlersWith } from './fastify/handlers.ts';
import { createFastify, type FastifyRun } from './fastify/register.ts';
import { isRegistration } from './fastify/registration.ts';
import { endpointsOf } from './fastify/scopes.ts';
import { unreached } from './unreached.ts';

/** Reads Fastify apps by running their modules and plugins in the abstract; what is left over is a finding. */
export const fastify = {
  name: 'fastify',
  packages: ['fastify'],
  semantics: handlers,
  read(program, root): Endpoints {
    const run = createFastify();
    const machine = createMachine(program, [run.semantics]);
    const files = leadingFiles(program, root, (name) =>
      /^fastify(-plugin)?$|^@fastify\//.test(name),
    );
    for (const file of files) machine.run(file);
    if (run.instances.length === 0) callFactories(machine, files);
    drain(run);
    const endpoints = run.instances.flatMap((one) => endpointsOf(one, handlersWith));
    const own = ownFiles(program.repo, root);
    const left = unreached(program, own, { seen: run.seen, isRegistration });
    return { endpoints, findings: [...run.findings, ...left] };
  },
} satisfies FrameworkReader;

/** Plugins run once the code that registers them is through, in order. */
function drain({ pending }: FastifyRun): void {
  for (let rounds = 0; pending.length > 0 && rounds < 5_000; rounds += 1) pending.shift()?.();
}

/** `export function build() { const app = Fastify(); … }` that no module calls when it loads. */
function callFactories(machine: Machine, files: readonly string[]): void {
  for (const file of files) {
    for (const statement of machine.program.source(file)?.statements ?? []) {
      if (!/\b[Ff]astify\s*\(/.test(statement.getText())) continue;
      const name = /(?:function|const)\s+([\w$]+)/.exec(statement.getText())?.[1];
      for (const each of ['default', name ?? '', '*']) {
        const value = meant(machine, machine.program.exported(file, each), null);
        if (value.kind !== 'function') continue;
        machine.invoke(value, []);
        break;
      }
    }
  }
}
