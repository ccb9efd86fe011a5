import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { leadingFiles } from '../../files.ts';
import type { HandlerSemantics, Registered } from '../../reader.ts';
import { createMachine } from '../../static/machine.ts';
import { around as aroundLayer } from '../express/endpoints.ts';
import { handlers as express } from '../express/handlers.ts';
import { createExpress } from '../express/register.ts';
import { rootsOf as expressRoots } from '../express/roots.ts';
import { flatten } from '../express/tree.ts';
import { honoFiles } from '../hono/files.ts';
import { handlers as hono } from '../hono/handlers.ts';
import { rootsOf as honoRoots } from '../hono/roots.ts';
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

/** A piece of an app that hands requests on to tRPC, as soon as it is looked for. */
interface Place {
  readonly run: Registered;
  readonly around: Around;
}

/** Finds what stands around a call of an adapter in a package's apps, which are read when first asked for. */
export function aroundIn(
  program: Program,
  root: string,
): (adapter: string, server: ts.Node) => Around | undefined {
  const ofHono = once(() => honoPlaces(program, root));
  const ofExpress = once(() => expressPlaces(program, root));
  return (adapter, server) => {
    if (adapter === 'trpcServer') return find(program, ofHono(), server);
    return /ExpressMiddleware$/.test(adapter) ? find(program, ofExpress(), server) : undefined;
  };
}

function once<T>(work: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: work() };
    return made.value;
  };
}

function find(program: Program, places: readonly Place[], server: ts.Node): Around | undefined {
  return places.find(({ run }) => standsFor(program, run.expression, server))?.around;
}

/** Whether an expression is a call, or the name of what it gave. */
function standsFor(program: Program, expression: ts.Expression, call: ts.Node): boolean {
  if (expression === call) return true;
  const meaning = ts.isIdentifier(expression) ? program.meaning(expression) : undefined;
  if (meaning?.kind !== 'declared' || !ts.isVariableDeclaration(meaning.node)) return false;
  return meaning.node.initializer === call;
}

function honoPlaces(program: Program, root: string): Place[] {
  const run = createHono();
  const machine = createMachine(program, [run.semantics], program.outlined());
  const files = honoFiles(program, root);
  for (const file of files) machine.run(file);
  return honoRoots(program, machine, { run, files }).roots.flatMap((app) =>
    app.entries.map((entry) => ({
      run: entry.run,
      around: {
        path: below(entry.path),
        at: (method, path) => {
          const before = runningBefore(app, { ...entry, method, path }, entry);
          return { before: before.map(stepOf(hono)), onError: [] };
        },
      },
    })),
  );
}

function expressPlaces(program: Program, root: string): Place[] {
  const run = createExpress();
  const machine = createMachine(program, [run.semantics], program.outlined());
  const files = leadingFiles(program, root, (specifier) => /^express(-|$)/.test(specifier));
  for (const file of files) machine.run(file);
  return expressRoots(run.routers).roots.flatMap((app) => {
    const layers = flatten(app);
    return layers.map((layer) => ({
      run: layer.run,
      around: {
        path: below(layer.path),
        at: (method, path) => {
          const { before, onError } = aroundLayer(layers, layer, { method, path });
          return {
            before: before.map(stepOf(express)),
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

function stepOf(semantics: HandlerSemantics) {
  return (registered: Registered): Step => ({ kind: 'around', registered, semantics });
}
