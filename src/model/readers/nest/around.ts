import type { Registered } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import type { Value } from '../../static/value.ts';
import { covers } from '../express/path.ts';
import { type Assembled, metadataOf, type Routed } from './assembled.ts';
import type { Decorator } from './decorators.ts';
import { first } from './decorators.ts';
import { appliesTo } from './middleware.ts';
import { type Enhancer, type Handler, type Step, stepped } from './steps.ts';

interface Around {
  readonly chain: Registered[];
  readonly onError: Registered[];
}

/** Everything that runs for a handler (`below`: its path without the global prefix), in Nest's order: middleware, the server's hooks, guards, interceptors, pipes, the handler. */
export function chainOf(
  app: Assembled,
  routed: Routed,
  about: { method: string; path: string; below: string },
): Around {
  const { settings, applied } = app;
  const of = (kind: Kind) => enhancersOf(app, routed, kind);
  const filters = of('filters').reverse();
  const handler = handlerOf(app, routed, { pipes: of('pipes'), filters });
  const { node: controller } = routed.controller;
  const middleware = [
    ...settings.middleware
      .filter(({ paths }) => paths?.some((each) => covers(each, about.path, true)) ?? true)
      .flatMap(({ value }) => plain(value) ?? []),
    ...applied
      .filter((each) => appliesTo(each, { ...about, path: about.below, controller }))
      .flatMap(({ middleware: all, by }) =>
        all.flatMap((each): Enhancer[] => {
          const made = plain(each);
          return made ? [{ ...made, by }] : [];
        }),
      ),
  ];
  const step = (kind: Step['kind']) => (enhancer: Enhancer) =>
    stepped(enhancer.registered, { kind, enhancer, handler });
  const own: Registered = {
    file: routed.verb.expression.getSourceFile().fileName,
    expression: routed.verb.expression,
  };
  return {
    chain: [
      ...middleware.map(step('middleware')),
      ...settings.hooks.map((each) => step('hook')({ registered: each, provider: null })),
      ...of('guards').map(step('guard')),
      ...of('interceptors').map(step('interceptor')),
      stepped(own, { kind: 'handler', enhancer: null, handler }),
    ],
    onError: filters.length > 0 ? [stepped(own, { kind: 'filters', enhancer: null, handler })] : [],
  };
}

function handlerOf(
  app: Assembled,
  routed: Routed,
  around: Pick<Handler, 'pipes' | 'filters'>,
): Handler {
  const { module, controller, method, decorators, above } = routed;
  return {
    container: app.container,
    module,
    controller,
    method,
    status: first(decorators, 'HttpCode')?.args[0] ?? null,
    redirect: first(decorators, 'Redirect') ?? null,
    ...around,
    metadata: {
      method: metadataOf(app, decorators),
      type: above.flatMap((each) => metadataOf(app, each)),
    },
  };
}

type Kind = 'guards' | 'interceptors' | 'pipes' | 'filters';

const NAMES = {
  guards: ['APP_GUARD', 'UseGuards'],
  interceptors: ['APP_INTERCEPTOR', 'UseInterceptors'],
  pipes: ['APP_PIPE', 'UsePipes'],
  filters: ['APP_FILTER', 'UseFilters'],
} as const;

/** Those of the app, then of the controller, then of the method; of one node the lowest decorator first. */
function enhancersOf(app: Assembled, { above, decorators }: Routed, kind: Kind): Enhancer[] {
  const [token, decorator] = NAMES[kind];
  const provided = app.container.providers
    .filter((each) => each.token === `@nestjs/core:${token}` || each.token === `'${token}'`)
    .map((provider): Enhancer => ({ registered: provider.what, provider }));
  const on = (all: readonly Decorator[]) =>
    all
      .filter(({ name }) => name === decorator)
      .reverse()
      .flatMap(({ args }) => args.flatMap((each) => plain(each) ?? []));
  return [
    ...provided,
    ...app.settings[kind].flatMap((each) => plain(each) ?? []),
    ...[...above].reverse().flatMap(on),
    ...on(decorators),
  ];
}

function plain(value: Value): Enhancer | undefined {
  const written = registered(value);
  return written ? { registered: written, provider: null } : undefined;
}
