import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { literal, type Value } from '../../trace/values.ts';
import { CURRENT } from '../react-router/kept.ts';
import { keep } from '../request-parts.ts';
import { around, filled, INSIDE } from '../shell.ts';
import { madeWith } from './made.ts';
import type { Route } from './routes.ts';

/** What is not found, and the route that says so. */
interface Missing {
  readonly id: string;
  readonly missing: Value;
}

/** Routes in each other, from the root in, as a document shows them; what is not found in place of its route. */
export function screenOf(machine: Machine, routes: readonly Route[], not?: Missing): Value {
  const end = not ? shownFor(machine, routes, not) : routes.length;
  const shown = routes.slice(0, end).reduce<Value>((shell, route) => {
    const own = rendered(machine, route, { option: 'component', props: [] });
    return filled(shell, framed(machine, route, own ?? INSIDE));
  }, INSIDE);
  const last = routes[end];
  if (!not || !last) return shown;
  const props: [string, Value][] = [['data', machine.get(not.missing, 'data', last.node)]];
  const instead = rendered(machine, last, { option: 'notFoundComponent', props });
  return instead ? filled(shown, framed(machine, last, instead)) : shown;
}

/** The nearest route that has something to show for it, from its own out. */
function shownFor(machine: Machine, routes: readonly Route[], { id }: Missing): number {
  const from = routes.findIndex((each) => each.id === id);
  const has = ({ registered, node }: Route) =>
    machine.get(madeWith(machine.standing(registered)), 'notFoundComponent', node).kind !==
    'undefined';
  return Math.max(0, routes.slice(0, from + 1).findLastIndex(has));
}

/** The root's document stands around whatever it shows. */
function framed(machine: Machine, route: Route, screen: Value): Value {
  const frame = rendered(machine, route, {
    option: 'shellComponent',
    props: [['children', INSIDE]],
  });
  return frame ? filled(around(frame), screen) : screen;
}

function rendered(
  machine: Machine,
  { registered, id, node }: Route,
  { option, props }: { option: string; props: readonly [string, Value][] },
): Value | undefined {
  const component = machine.get(madeWith(machine.standing(registered)), option, node);
  if (component.kind === 'undefined') return undefined;
  keep(machine, CURRENT, literal(id));
  return machine.settle(machine.call(component, [object(props)], node), node);
}
