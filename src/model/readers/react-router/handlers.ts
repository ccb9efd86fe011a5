import type { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics, Step } from '../../reader.ts';
import { ended } from '../../trace/chain.ts';
import { exitHere } from '../../trace/closures.ts';
import type { Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { textOf } from '../../trace/source.ts';
import { unknown, type Value } from '../../trace/values.ts';
import { goThrough } from '../go-through.ts';
import { leaving } from '../leaving.ts';
import { keep, kept } from '../request-parts.ts';
import { act, serve } from './actions.ts';
import { dataIn, endRedirects, isData } from './answers.ts';
import { routerCall } from './calls.ts';
import { dataArguments } from './context.ts';
import { routerElement } from './elements.ts';
import { errorResponse, keepLoaded, STATUS } from './kept.ts';
import type { Around, Doing, Part } from './route.ts';
import { boundaryScreen, screenOf, startOf } from './screens.ts';

/** What React Router's and Remix's packages mean, wherever they are used. */
export const library: Pick<HandlerSemantics, 'from' | 'call' | 'element' | 'recover'> = {
  from: /^(react-router(-dom)?|@react-router\/\w+|@remix-run\/(node|react|cloudflare|deno|server-runtime)|remix-typedjson)(\/|$)/,
  call: routerCall,
  element: routerElement,
  recover: () => null,
};

/** The steps of one endpoint: middleware, loaders from the root in, then what answers. */
export function routeHandlers(around: Around, parts: readonly Part[]): HandlerSemantics {
  return {
    ...library,
    step: (machine, { index }: Step, then) => {
      const part = parts[index];
      if (part) STEPS[part.does](machine, { ...around, part }, then);
    },
  };
}

type Work = (machine: Machine, doing: Doing, then: () => void) => void;

const STEPS: Readonly<Record<Part['does'], Work>> = {
  middleware,
  load,
  act: (machine, doing) =>
    act(machine, doing, (thrown, at) => thrownTo(machine, doing, { thrown, at })),
  serve,
  show: (machine, { app, routes, part }) => {
    const node = part.registered.expression;
    const status = kept(machine, STATUS) ?? null;
    const text = [screenOf(machine, { app, routes })];
    if (machine.path.dead || machine.path.answered) return;
    const response = makeResponse(node, { kind: 'render', text, status });
    ended(machine, [exitHere(machine, response, { node, mark: 0 })], true);
  },
};

/** Each of the list in turn; one that gives nothing back lets the request through. */
function middleware(machine: Machine, doing: Doing, then: () => void): void {
  const node = doing.part.registered.expression;
  const list = machine.standing(doing.part.registered);
  const items = list.kind === 'array' ? list.items.value.map(({ value }) => value) : [list];
  const run = (index: number): void => {
    const value = items[index];
    if (!value) then();
    else if (value.kind !== 'closure') run(index + 1);
    else {
      const args = (next: Value) => [dataArguments(machine, doing), next];
      const lets = (answer: Value) => answer.kind !== 'response';
      const within = (work: () => void) =>
        leaving(machine, (thrown, at) => refused(machine, doing, { thrown, at }), work);
      goThrough(machine, { value, args, node, lets, within }, () => run(index + 1));
    }
  };
  run(0);
}

interface Thrown {
  readonly thrown: Value;
  readonly at: ts.Node;
}

/** A response that middleware throws is the answer. */
function refused(machine: Machine, doing: Doing, { thrown, at }: Thrown): Value | undefined {
  if (thrown.kind !== 'response' || !isData(thrown)) {
    return thrown.kind === 'response' ? thrown : undefined;
  }
  const from = startOf(doing.routes, doing.part.route);
  return thrownTo(machine, { ...doing, part: { ...doing.part, route: from } }, { thrown, at });
}

/** A thrown redirect leads on, any other response is shown by a boundary; undefined for errors. */
function thrownTo(
  machine: Machine,
  { app, routes, part }: Doing,
  { thrown, at }: Thrown,
): Value | undefined {
  if (thrown.kind !== 'response') return undefined;
  const { response } = thrown;
  if (response.kind === 'redirect') return thrown;
  const error = errorResponse(response);
  const text = [boundaryScreen(machine, { app, routes }, { from: part.route, error })];
  return makeResponse(at, { kind: 'render', status: response.status, text });
}

function load(machine: Machine, doing: Doing, then: () => void): void {
  const { registered, route } = doing.part;
  const node = registered.expression;
  const value = machine.standing(registered);
  const id = doing.routes[route]?.id ?? '';
  if (value.kind !== 'closure') {
    keepLoaded(machine, id, unknown(textOf(node)));
    then();
    return;
  }
  const returned: Value[] = [];
  leaving(
    machine,
    (thrown, at) => thrownTo(machine, doing, { thrown, at }),
    () => {
      const args = [dataArguments(machine, doing)];
      returned.push(machine.settle(machine.call(value, args, node), node));
    },
  );
  const [got] = returned;
  if (!got || machine.path.dead) return;
  endRedirects(machine, got);
  if (machine.path.dead) return;
  const { data, status } = dataIn(got);
  keepLoaded(machine, id, data);
  if (status) keep(machine, STATUS, status);
  then();
}
