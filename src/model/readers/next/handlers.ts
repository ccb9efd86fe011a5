import type { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics, Registered, Step } from '../../reader.ts';
import { callStep, ended } from '../../trace/chain.ts';
import { enter } from '../../trace/closures.ts';
import type { Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import { literal, type Value } from '../../trace/values.ts';
import { leaving } from '../leaving.ts';
import { partOf } from '../request-parts.ts';
import { requestOf } from '../web-request.ts';
import { nextCall } from './calls.ts';
import { leads } from './leaving.ts';
import { guard } from './middleware.ts';

/** How code of an app stands to the app around it. */
export interface Around {
  readonly basePath: string;
  /** Whether the chain begins with the app's middleware. */
  readonly guarded: boolean;
}

/** What Next's own packages mean, wherever they are called. */
export const library: Pick<HandlerSemantics, 'from' | 'call' | 'recover'> = {
  from: /^next(\/|$)/,
  call: nextCall,
  recover: () => null,
};

/** Runs the app's middleware, where the chain begins with it, else `work`. */
export function behindMiddleware(
  machine: Machine,
  step: Step,
  { around, then, work }: { around: Around; then: () => void; work: () => void },
): void {
  if (around.guarded && step.index === 0) guard(machine, step, { ...around, then });
  else work();
}

/** Route handlers: `(request, { params })`, answered by what they return. */
export function routeHandlers(around: Around): HandlerSemantics {
  return {
    ...library,
    bodiless: () => 'invalid',
    step: (machine, step, then) => {
      const work = () => answered(machine, step.registered, around);
      behindMiddleware(machine, step, { around, then, work });
    },
  };
}

function answered(machine: Machine, registered: Registered, { basePath }: Around): void {
  const node = registered.expression;
  const value = machine.standing(registered);
  const context = object([['params', partOf(machine, 'params')]]);
  const args = () => [requestOf(machine, basePath), context];
  const answer = (thrown: Value, at: ts.Node) => {
    const to = leads(thrown);
    if (!to) return undefined;
    const { location, status } = to;
    const kind = location ? 'redirect' : 'respond';
    return makeResponse(at, { kind, status: literal(status), location: location ?? null });
  };
  const then = () => undefined;
  leaving(machine, answer, () => {
    if (value.kind === 'closure') {
      ended(machine, enter(machine, value, { args: args(), node }).returns, true);
    } else callStep(machine, { value, args, node }, { last: true, then });
  });
}
