import type { Program } from '../../../repo/repo.ts';
import { leadingFiles } from '../../files.ts';
import { createMachine } from '../../static/machine.ts';
import type { Machine } from '../../static/value.ts';
import { createExpress, type ExpressRun } from './register.ts';
import { callFactories, rootsOf } from './roots.ts';
import type { Router } from './tree.ts';

/** What running a package's modules has put together. */
interface Apps {
  readonly roots: readonly Router[];
  readonly stray: readonly Router[];
  readonly run: ExpressRun;
  readonly machine: Machine;
  readonly files: readonly string[];
}

/** Finds a package's Express apps by running its modules in the abstract; `names` is the program as it is looked at. */
export function appsIn(program: Program, root: string, names?: Machine['names']): Apps {
  const run = createExpress();
  const machine = createMachine(program, [run.semantics], names);
  const files = leadingFiles(program, root, (specifier) =>
    /^(express(-|$)|@awaitjs\/express)/.test(specifier),
  );
  for (const file of files) machine.run(file);
  callFactories(machine, files, run);
  return { ...rootsOf(run.routers), run, machine, files };
}
