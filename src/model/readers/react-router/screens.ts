import type { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import { arrayOf } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { type Item, literal, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { keep, kept } from '../request-parts.ts';
import { around, filled, INSIDE } from '../shell.ts';
import { paramsOf } from './context.ts';
import { ACTION, CURRENT, ERROR, loaded, MATCHES } from './kept.ts';
import type { Around, Route } from './route.ts';
import { provideAround } from './server-entry.ts';

/** Routes in each other, from the root in, as a document shows them. */
export function screenOf(machine: Machine, { app, routes }: Pick<Around, 'app' | 'routes'>): Value {
  provideAround(machine, app);
  keep(machine, MATCHES, arrayOf(routes.map((route) => matchOf(machine, route))));
  return routes.reduce<Value>(
    (shell, route) => within(machine, shell, { route, shown: route.component?.registered }),
    INSIDE,
  );
}

function matchOf(machine: Machine, { id }: Route): Item {
  const data = loaded(machine, id);
  const value = object([
    ['id', literal(id)],
    ['data', data],
    ['loaderData', data],
    ['params', paramsOf(machine)],
    ['pathname', unknown('match.pathname')],
    ['handle', unknown('match.handle')],
  ]);
  return { value, when: null };
}

/** What is shown for an error of a route: the boundary nearest to it in place of its own route. */
export function boundaryScreen(
  machine: Machine,
  { app, routes }: Pick<Around, 'app' | 'routes'>,
  { from, error }: { from: number; error: Value },
): Value {
  const at = routes.slice(0, from + 1).findLastIndex(({ boundary }) => boundary !== undefined);
  const route = routes[at];
  if (!route) return UNDEFINED;
  const shell = screenOf(machine, { app, routes: routes.slice(0, at) });
  keep(machine, ERROR, error);
  const more: [string, Value][] = [['error', error]];
  return within(machine, shell, { route, shown: route.boundary?.registered, more });
}

/** The route whose boundary stands in for those before `next()` has loaded what their frames show. */
export function startOf(routes: readonly Route[], from: number): number {
  return routes.findIndex(({ loader }, index) => index === from || loader !== undefined);
}

interface Shown {
  readonly route: Route;
  readonly shown: Registered | undefined;
  readonly more?: readonly [string, Value][];
}

function within(machine: Machine, shell: Value, { route, shown, more = [] }: Shown): Value {
  if (!shown) return shell;
  keep(machine, CURRENT, literal(route.id));
  const props: [string, Value][] = [
    ['loaderData', loaded(machine, route.id)],
    ['actionData', kept(machine, ACTION) ?? UNDEFINED],
    ['params', paramsOf(machine)],
    ...more,
  ];
  const screen = rendered(machine, shown, props);
  const layout = route.layout?.registered;
  if (!layout) return filled(shell, screen);
  const frame = around(rendered(machine, layout, [['children', INSIDE]]));
  return filled(shell, filled(frame, screen));
}

function rendered(
  machine: Machine,
  { file, expression, ...rest }: Registered,
  props: readonly [string, Value][],
): Value {
  const node: ts.Node = expression;
  const value = machine.standing({ file, expression, ...rest });
  return machine.settle(machine.call(value, [object(props)], node), node);
}
