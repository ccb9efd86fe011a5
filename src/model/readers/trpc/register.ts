import { ts } from '../../../kernel/syntax.ts';
import { registered } from '../../static/registered.ts';
import type { Call, Machine, Native, Semantics, Value } from '../../static/value.ts';
import { entryOf, native, nativeOf } from '../../static/value.ts';
import type { Adapter, Builder, Procedure, Root, Router, Step } from './parts.ts';

type NamedCall = Call & { readonly name: string };

/** The packages whose exports make, mount and serve routers. */
export const PACKAGES = /^(@trpc\/server|@hono\/trpc-server|trpc-(?:to-)?openapi)(\/|$)/;

/** `initTRPC.context<C>()`, before `create`. */
const START: Native = { type: 'trpc-start' };

/** A part of a root that is called on its own: `t.router`, `t.middleware`. */
interface Maker extends Native {
  readonly type: 'trpc-maker';
  readonly makes: 'router' | 'middleware' | 'merged';
  readonly root: Root | null;
}

const ADAPTERS =
  /^(createHTTPServer|createHTTPHandler|createExpressMiddleware|createNextApiHandler|fetchRequestHandler|nodeHTTPRequestHandler|awsLambdaRequestHandler|trpcServer|createOpenApi(Next|Fetch|Http|NodeHttp)Handler|createOpenApi(Express|Koa)Middleware)$/;

/** What tRPC's own exports mean while an app's routers are put together. */
export const trpcSemantics: Semantics = {
  call: (machine, { package: from, path }, call) => {
    if (!PACKAGES.test(from)) return undefined;
    const name = path.at(-1) ?? '';
    if (path[0] === 'initTRPC') return path[1] === 'create' ? root(call.args[0]) : native(START);
    if (name === 'mergeRouters') return merged(call.args);
    if (/^(experimental_)?lazy$/.test(name)) return loaded(machine, call);
    if (name === 'experimental_standaloneMiddleware') return native(START);
    return ADAPTERS.test(name) ? adapter(name, call) : undefined;
  },
  property: (_, receiver, name) => {
    if (!isRoot(receiver)) return undefined;
    if (name === 'procedure') return native(builder(receiver));
    return isMaking(name) ? native(maker(MAKERS[name], receiver)) : undefined;
  },
  method: (machine, receiver, call) => method(machine, receiver, call),
};

const MAKERS = { router: 'router', middleware: 'middleware', mergeRouters: 'merged' } as const;

function isMaking(name: string): name is keyof typeof MAKERS {
  return name in MAKERS;
}

function isRoot(value: Native): value is Root {
  return value.type === 'trpc-root';
}

function isMaker(value: Native): value is Maker {
  return value.type === 'trpc-maker';
}

export function isBuilder(value: Native | undefined): value is Builder {
  return value?.type === 'trpc-builder' || value?.type === 'trpc-middleware';
}

function root(options: Value | undefined): Value {
  const made: Root = { type: 'trpc-root', options };
  return native(made);
}

function maker(makes: Maker['makes'], of: Root | null): Maker {
  return { type: 'trpc-maker', makes, root: of };
}

function builder(of: Root | null): Builder {
  return { type: 'trpc-builder', root: of, steps: [], meta: null, openapi: undefined };
}

/** `lazy(() => import('./boats.ts').then((module) => module.boats))`. */
function loaded(machine: Machine, { args: [load] }: Call): Value | undefined {
  return load?.kind === 'function' ? machine.invoke(load, []) : undefined;
}

function adapter(name: string, call: Call): Value | undefined {
  const options = call.args.find((arg) => entryOf(arg, 'router'));
  const made: Adapter | undefined = options && {
    type: 'trpc-adapter',
    name,
    options,
    node: call.node,
  };
  return made && native(made);
}

function merged(args: readonly Value[]): Value {
  const records = args.flatMap((arg) => recordsOf(arg));
  const made: Router = { type: 'trpc-router', records };
  return native(made);
}

/** What a router, or an object in place of one, holds. */
export function recordsOf(value: Value | undefined): readonly Value[] {
  const made = nativeOf(value);
  if (made?.type === 'trpc-router') return (made as Router).records;
  return value?.kind === 'object' ? [value] : [];
}

function method(machine: Machine, receiver: Native, call: NamedCall): Value | undefined {
  if (receiver === START) {
    if (call.name === 'create') return root(call.args[0]);
    return native(START);
  }
  if (isRoot(receiver) && isMaking(call.name)) {
    return made(maker(MAKERS[call.name], receiver), call);
  }
  if (isMaker(receiver) && call.name === '()') return made(receiver, call);
  return isBuilder(receiver) ? built(machine, receiver, call) : undefined;
}

function made({ makes, root: of }: Maker, call: Call): Value {
  if (makes !== 'middleware') return merged(call.args);
  const steps = stepsOf(call.args[0]);
  const middleware: Builder = { ...builder(of), type: 'trpc-middleware', steps };
  return native(middleware);
}

/** The steps of a middleware, of another builder, or of a plain function. */
function stepsOf(value: Value | undefined): readonly Step[] {
  const known = nativeOf(value);
  if (isBuilder(known)) return known.steps;
  const own = registered(value);
  return own ? [{ kind: 'middleware', registered: own }] : [];
}

function built(_: Machine, of: Builder, call: NamedCall): Value | undefined {
  const [first] = call.args;
  const own = registered(first);
  const more = (added: readonly Step[]) => native({ ...of, steps: [...of.steps, ...added] });
  switch (call.name) {
    case 'use':
    case 'unstable_pipe':
      return more(stepsOf(first));
    case 'concat':
    case 'unstable_concat':
      return more(stepsOf(first));
    case 'input':
      return more(own ? [{ kind: 'input', registered: own }] : []);
    case 'meta':
      return native({ ...of, meta: own, openapi: entryOf(first, 'openapi') ?? of.openapi });
    case 'query':
    case 'mutation':
    case 'subscription':
      return own && ts.isCallExpression(call.node)
        ? procedure(of, { kind: call.name, resolver: own, node: call.node })
        : undefined;
    default:
      return native(of);
  }
}

function procedure(
  of: Builder,
  { kind, resolver, node }: Pick<Procedure, 'kind' | 'node'> & { resolver: Step['registered'] },
): Value {
  const steps: Step[] = [...of.steps, { kind: 'resolver', registered: resolver }];
  const finished: Procedure = {
    type: 'trpc-procedure',
    root: of.root,
    kind,
    steps,
    meta: of.meta,
    openapi: of.openapi,
    node,
  };
  return native(finished);
}
