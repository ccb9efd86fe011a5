import type { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { createMachine } from '../../static/machine.ts';
import { configSemantics } from './config-helpers.ts';
import type { Entry } from './entry.ts';
import { entriesIn, type Reading } from './entry-values.ts';

export interface Configured {
  readonly entries: readonly Entry[];
  readonly unknown: readonly ts.Node[];
}

/** The routes that a file of configuration lists: what it exports by default. */
export function configuredRoutes(
  program: Program,
  file: string,
  { app, root }: { app: string; root: string },
): Configured {
  const meaning = program.exported(file, 'default');
  if (meaning?.kind !== 'declared') return { entries: [], unknown: [] };
  const reading: Reading = { app, unknown: [] };
  const machine = createMachine(program, [configSemantics(program, { reading, root })]);
  machine.run(file);
  const value = machine.held(meaning.node, null);
  return { entries: entriesIn(value, { reading, node: meaning.node }), unknown: reading.unknown };
}
