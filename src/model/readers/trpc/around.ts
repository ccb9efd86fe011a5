import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import type { HandlerSemantics, Registered } from '../../reader.ts';
import { createMachine } from '../../static/machine.ts';
import { appsIn } from '../express/apps.ts';
import { around as aroundLayer } from '../express/endpoints.ts';
import { handlers as express } from '../express/handlers.ts';
import { flatten } from '../express/tree.ts';
import { honoFiles } from '../hono/files.ts';
import { handlers as hono } from '../hono/handlers.ts';
import { rootsOf } from '../hono/roots.ts';
import { createHono } from '../hono/semantics.ts';
import { runningBefore } from '../routing-tree.ts';
import { answering, type Step } from './parts.ts';

/** Where an app of another framework has a router of tRPC served, and what stands around it there. */
export interface Around {
  readonly path: string;
  readonly at: (method: string, path: string) => Surrounding;
}

interface Surrounding {
  /** What runs before. */
  readonly before: readonly Step[];
  /** What answers the errors of that. */
  readonly onError: readonly Registered[];
}

/** What an app runs, which may be what hands requests on to tRPC, and what stands around it. */
interface Found {
  readonly run: Registered;
  readonly around: Around;
}

/** Finds what stands around a call of an adapter in a package's apps, which are read when first asked for. */
export function aroundIn(
  program: Program,
  root: string,
): (adapter: string, server: ts.Node) => Around | undefined {
  const ofHono = once(() => inHono(program, root));
  const ofExpress = once(() => inExpress(program, root));
  return (adapter, server) => {
    if (adapter === 'trpcServer') return find(program, ofHono(), server);
    return /ExpressMiddleware$/.test(adapter) ? find(program, ofExpress(), server) : undefined;
  };
}

function once<T extends object>(work: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= work();
    return made;
  };
}

function find(program: Program, places: readonly Found[], server: ts.Node): Around | undefined {
  return places.find(({ run }) => standsFor(program, run.expression, server))?.around;
}

/** Whether an expression is a call, or the name of what it gave. */
function standsFor(program: Program, expression: ts.Expression, call: ts.Node): boolean {
  if (expression === call) return true;
  const meaning = ts.isIdentifier(expression) ? program.meaning(expression) : undefined;
  if (meaning?.kind !== 'declared' || !ts.isVariableDeclaration(meaning.node)) return false;
  return meaning.node.initializer === call;
}

function inHono(program: Program, root: string): Found[] {
  const run = createHono();
  const machine = createMachine(program, [run.semantics], program.outlined());
  const files = honoFiles(program, root);
  for (const file of files) machine.run(file);
  return rootsOf(program, machine, { run, files }).roots.flatMap((app) =>
    app.entries.map((entry) => ({
      run: entry.run,
      around: {
        path: below(entry.path),
        at: (method, path) => {
          const before = runningBefore(app, { ...entry, method, path }, entry);
          return { before: before.map(stepIn(hono)), onError: [] };
        },
      },
    })),
  );
}

function inExpress(program: Program, root: string): Found[] {
  return appsIn(program, root, program.outlined()).roots.flatMap((app) => {
    const layers = flatten(app);
    return layers.map((layer) => ({
      run: layer.run,
      around: {
        path: below(layer.path),
        at: (method, path) => {
          const { before, onError } = aroundLayer(layers, layer, { method, path });
          return {
            before: before.map(stepIn(express)),
            onError: onError.map((each) => answering(each, express)),
          };
        },
      },
    }));
  });
}

function below(path: string): string {
  return path.replace(/\/?\*$/, '');
}

function stepIn(semantics: HandlerSemantics) {
  return (registered: Registered): Step => ({ kind: 'around', registered, semantics });
}
