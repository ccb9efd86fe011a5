import type { HandlerSemantics, Step } from '../../reader.ts';
import { callStep } from '../../trace/chain.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';
import { leaving } from '../leaving.ts';
import { call, functionAnswer } from './called.ts';
import { startCall } from './calls.ts';
import { routerElement } from './elements.ts';
import { START } from './functions.ts';
import { handlersOf, madeWith } from './made.ts';
import { given, keepRan, type Running, through, valuesIn } from './middleware.ts';
import { check, load, router, show } from './pages.ts';
import type { Around, Doing, Part } from './parts.ts';

/** What TanStack Start's and Router's packages mean, wherever they are used. */
export const library: Pick<HandlerSemantics, 'from' | 'call' | 'element' | 'recover'> = {
  from: new RegExp(`${START.source}|^@tanstack/(react|solid|vue)-router(/|$)`),
  call: startCall,
  element: routerElement,
  recover: () => null,
};

/** The steps of one endpoint: the app's and its routes' middleware, then what answers (`createStartHandler.ts`). */
export function startHandlers(around: Around, parts: readonly Part[]): HandlerSemantics {
  return {
    ...library,
    bodiless: () => 'invalid',
    step: (machine, { index }: Step, then) => {
      const part = parts[index];
      if (part) STEPS[part.does](machine, { around, part, then });
    },
  };
}

const STEPS: Readonly<Record<Part['does'], (machine: Machine, doing: Doing) => void>> = {
  start,
  middleware: (machine, doing) => {
    const { registered } = doing.part;
    const node = registered.expression;
    const server = machine.get(madeWith(machine.standing(registered)), 'server', node);
    const list = valuesIn(machine.get(server, 'middleware', node));
    through(machine, list, { running: runningIn(machine, doing), goOn: doing.then });
  },
  serve,
  call: (machine, doing) => call(machine, doing, runningIn(machine, doing)),
  router,
  check,
  load,
  show,
};

/** The app's own middleware: for all that is asked, then for each function of the server. */
function start(machine: Machine, doing: Doing): void {
  const { registered } = doing.part;
  const node = registered.expression;
  const running = runningIn(machine, doing);
  const made = machine.call(madeWith(machine.standing(registered)), [], node);
  const options = machine.settle(made, node);
  const own = machine.get(options, 'requestMiddleware', node);
  const functions = machine.get(options, 'functionMiddleware', node);
  through(machine, valuesIn(own), {
    running,
    goOn: () => {
      keepRan(machine, own);
      const more = running.called === undefined ? [] : valuesIn(functions);
      through(machine, more, { running, goOn: doing.then });
    },
  });
}

function runningIn(machine: Machine, { around, part }: Doing): Running {
  const { called } = around;
  const answer = called === undefined ? routeAnswer : functionAnswer;
  return {
    node: part.registered.expression,
    ...(called === undefined ? {} : { called }),
    within: (work) => leaving(machine, answer, work),
  };
}

/** A response that is thrown is the answer, a redirect among them. */
function routeAnswer(thrown: Value): Value | undefined {
  return thrown.kind === 'response' ? thrown : undefined;
}

/** A handler of a server route, or `{ middleware, handler }`. */
function serve(machine: Machine, doing: Doing): void {
  const { registered } = doing.part;
  const node = registered.expression;
  const running = runningIn(machine, doing);
  const { method } = machine.endpoint;
  const handlers = handlersOf(machine, machine.standing(registered), node);
  const own = machine.get(handlers, method === 'ALL' ? 'ANY' : method, node);
  const list = own.kind === 'object' ? valuesIn(machine.get(own, 'middleware', node)) : [];
  const value = own.kind === 'object' ? machine.get(own, 'handler', node) : own;
  const args = (next: Value) => [given(machine, running, next)];
  const then = () => undefined;
  const goOn = () =>
    running.within(() => callStep(machine, { value, args, node }, { last: true, then }));
  through(machine, list, { running, goOn });
}
