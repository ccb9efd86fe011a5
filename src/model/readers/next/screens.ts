import type { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics, Registered } from '../../reader.ts';
import { ended } from '../../trace/chain.ts';
import { exitHere } from '../../trace/closures.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import { literal, UNDEFINED, type Value } from '../../trace/values.ts';
import { leaving } from '../leaving.ts';
import { keep, kept, partOf } from '../request-parts.ts';
import { around, filled, INSIDE, whenInside } from '../shell.ts';
import { type Around, behindMiddleware, library } from './handlers.ts';
import { leads } from './leaving.ts';

/** What stands around and instead of a page. */
export interface Screens extends Around {
  /** For each layout of the chain, from the outermost in, the parallel pages it is given. */
  readonly frames: readonly { readonly slots: readonly Slot[] }[];
  readonly notFound: Registered | null;
  /** Frames outside of the outermost loading screen; null where there is none. */
  readonly streamsFrom: number | null;
}

export interface Slot {
  readonly name: string;
  readonly page: Registered;
}

/** Pages in their layouts: each is a component that may query, leave and show. */
export function pageHandlers(screens: Screens): HandlerSemantics {
  return {
    ...library,
    step: (machine, step, then) => {
      const level = step.index - (screens.guarded ? 1 : 0);
      const { registered } = step;
      const work = () => shown(machine, { registered, screens, level, then });
      behindMiddleware(machine, step, { around: screens, then, work });
    },
  };
}

const SHELL = 'next.shell';

interface Showing {
  readonly registered: Registered;
  readonly screens: Screens;
  readonly level: number;
  readonly then: () => void;
}

function shown(machine: Machine, { registered, screens, level, then }: Showing): void {
  const node = registered.expression;
  const frame = screens.frames[level];
  const streamed = screens.streamsFrom !== null && level >= screens.streamsFrom;
  const shell = kept(machine, SHELL) ?? INSIDE;
  let screen: Value = UNDEFINED;
  const instead = (thrown: Value, at: ts.Node) =>
    leavingTo(machine, { thrown, at, streamed, shell, notFound: screens.notFound });
  leaving(machine, instead, () => {
    screen = rendered(machine, registered, frame ? framed(machine, frame.slots) : []);
  });
  if (machine.path.dead) return;
  const whole = filled(shell, frame ? around(screen) : screen);
  if (!frame) show(machine, whole, { node, inBrowser: streamed });
  else {
    keep(machine, SHELL, whole);
    const yes = then;
    branch(machine, whenInside(whole), {
      yes,
      no: () => show(machine, whole, { node, inBrowser: streamed }),
    });
  }
}

function framed(machine: Machine, slots: readonly Slot[]): [string, Value][] {
  return [
    ['children', INSIDE],
    ...slots.map(({ name, page }): [string, Value] => [name, rendered(machine, page, [])]),
  ];
}

function rendered(
  machine: Machine,
  component: Registered,
  props: readonly [string, Value][],
): Value {
  const node = component.expression;
  const given = object([
    ['params', partOf(machine, 'params')],
    ['searchParams', partOf(machine, 'query')],
    ...props,
  ]);
  const value = machine.standing(component);
  return machine.settle(machine.call(value, [given], node), node);
}

function show(
  machine: Machine,
  screen: Value,
  { node, inBrowser }: { node: ts.Node; inBrowser: boolean },
): void {
  if (machine.path.dead || machine.path.answered) return;
  const response = makeResponse(node, { kind: 'render', text: [screen], inBrowser });
  ended(machine, [exitHere(machine, response, { node, mark: 0 })], true);
}

/**
 * The answer to `redirect` and `notFound`: once a loading screen went out, the status is 200 already. What is not
 * found is put on screen by a boundary, and boundaries work in browsers alone.
 */
function leavingTo(
  machine: Machine,
  {
    thrown,
    at,
    streamed,
    shell,
    notFound,
  }: {
    thrown: Value;
    at: ts.Node;
    streamed: boolean;
    shell: Value;
    notFound: Registered | null;
  },
): Value | undefined {
  const to = leads(thrown);
  if (!to) return undefined;
  const status = literal(streamed ? 200 : to.status);
  const { location } = to;
  if (location)
    return makeResponse(at, { kind: 'redirect', status, location, inBrowser: streamed });
  const screen = notFound ? rendered(machine, notFound, []) : UNDEFINED;
  const text = [filled(shell, screen)];
  return makeResponse(at, { kind: 'render', status, text, inBrowser: true });
}
