import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import type { Registered } from '../../reader.ts';
import { createMachine } from '../../static/machine.ts';
import { honoFiles } from '../hono/files.ts';
import { rootsOf } from '../hono/roots.ts';
import { createHono } from '../hono/semantics.ts';
import { type Entry, type Router, runningBefore } from '../routing-tree.ts';

/** Where an app of Hono has a router of tRPC served, and what runs there before it. */
export interface Around {
  readonly path: string;
  readonly before: (method: string, path: string) => readonly Registered[];
}

/** Finds what stands around the calls of `trpcServer` in a package's apps of Hono, which are read when first asked for. */
export function aroundIn(program: Program, root: string): (server: ts.Node) => Around | undefined {
  let apps: readonly Router[] | undefined;
  return (server) => {
    apps ??= appsOf(program, root);
    for (const app of apps) {
      const entry = app.entries.find(({ run }) => standsFor(program, run.expression, server));
      if (entry) return around(app, entry);
    }
    return undefined;
  };
}

function appsOf(program: Program, root: string): readonly Router[] {
  const run = createHono();
  const machine = createMachine(program, [run.semantics], program.outlined());
  const files = honoFiles(program, root);
  for (const file of files) machine.run(file);
  return rootsOf(program, machine, { run, files }).roots;
}

/** Whether an expression is a call, or the name of what it gave. */
function standsFor(program: Program, expression: ts.Expression, call: ts.Node): boolean {
  if (expression === call) return true;
  const meaning = ts.isIdentifier(expression) ? program.meaning(expression) : undefined;
  if (meaning?.kind !== 'declared' || !ts.isVariableDeclaration(meaning.node)) return false;
  return meaning.node.initializer === call;
}

function around(app: Router, entry: Entry): Around {
  return {
    path: entry.path.replace(/\/?\*$/, ''),
    before: (method, path) => runningBefore(app, { ...entry, method, path }, entry),
  };
}
