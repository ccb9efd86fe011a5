import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { literal, type Value } from '../../trace/values.ts';
import { CURRENT } from '../react-router/kept.ts';
import { keep } from '../request-parts.ts';
import { around, filled, INSIDE } from '../shell.ts';
import { madeWith } from './made.ts';
import type { Route } from './routes.ts';

/** What a route threw instead of being shown: an error, or what is not found. */
interface Thrown {
  readonly id: string;
  readonly value: Value;
}

/** Routes in each other, from the root in, as a document shows them. */
export function screenOf(machine: Machine, routes: readonly Route[]): Value {
  return routes.reduce<Value>((shell, route) => {
    const own = rendered(machine, route, { option: 'component', props: [] });
    return filled(shell, framed(machine, route, own ?? INSIDE));
  }, INSIDE);
}

/** What is not found is shown by the nearest route that can, from its own out: in its place, but inside of the root. */
export function missingScreen(machine: Machine, routes: readonly Route[], thrown: Thrown): Value {
  const from = routes.findIndex((each) => each.id === thrown.id);
  const can = (route: Route) => optionOf(machine, route, 'notFoundComponent').kind !== 'undefined';
  const at = Math.max(0, routes.slice(0, from + 1).findLastIndex(can));
  const route = routes[at];
  const shell = screenOf(machine, routes.slice(0, Math.max(1, at)));
  if (!route) return shell;
  const props: [string, Value][] = [['data', machine.get(thrown.value, 'data', route.node)]];
  return filled(shell, rendered(machine, route, { option: 'notFoundComponent', props }) ?? INSIDE);
}

/** An error is shown in the place of its route, by the route's own component or the router's. */
export function errorScreen(machine: Machine, routes: readonly Route[], thrown: Thrown): Value {
  const at = routes.findIndex((each) => each.id === thrown.id);
  const shell = screenOf(machine, routes.slice(0, at));
  const route = routes[at];
  if (!route) return shell;
  const props: [string, Value][] = [['error', thrown.value]];
  const own = rendered(machine, route, { option: 'errorComponent', props });
  return filled(shell, framed(machine, route, own ?? literal('Something went wrong!')));
}

/** The root's document stands around whatever it shows. */
function framed(machine: Machine, route: Route, screen: Value): Value {
  const props: [string, Value][] = [['children', INSIDE]];
  const frame = rendered(machine, route, { option: 'shellComponent', props });
  return frame ? filled(around(frame), screen) : screen;
}

function rendered(
  machine: Machine,
  route: Route,
  { option, props }: { option: string; props: readonly [string, Value][] },
): Value | undefined {
  const component = optionOf(machine, route, option);
  if (component.kind === 'undefined') return undefined;
  keep(machine, CURRENT, literal(route.id));
  return machine.settle(machine.call(component, [object(props)], route.node), route.node);
}

function optionOf(machine: Machine, { registered, node }: Route, name: string): Value {
  return machine.get(madeWith(machine.standing(registered)), name, node);
}
