import type { ts } from '../../../kernel/syntax.ts';
import { ended, passing } from '../../trace/chain.ts';
import { enter } from '../../trace/closures.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { memberOf } from '../../trace/members.ts';
import { makeResponse } from '../../trace/responses.ts';
import { literal, type Special, type Value } from '../../trace/values.ts';
import { contextOf } from './context.ts';
import { handlerOf, traced } from './inject.ts';
import type { Handler } from './steps.ts';
import { operatorOf } from './streams.ts';

/** What interceptors do to the answer on its way out, the innermost first. */
const outwards = new WeakMap<object, Value[][]>();

function mapsOf(machine: Machine): Value[][] {
  const known = outwards.get(machine.endpoint) ?? [];
  outwards.set(machine.endpoint, known);
  return known;
}

/** Runs what an interceptor does before the handler; what it maps the answer to is kept for later. */
export function intercept(
  machine: Machine,
  { value, node }: { value: Value; node: ts.Node },
  then: () => void,
): void {
  const method = value.kind === 'instance' ? memberOf(machine, value, 'intercept') : undefined;
  if (value.kind !== 'instance' || method?.kind !== 'closure') {
    then();
    return;
  }
  const maps: Value[] = [];
  mapsOf(machine).unshift(maps);
  passing(machine, then, (next) => {
    const handler: Special = {
      kind: 'special',
      name: 'CallHandler',
      invoke: (name, _, at) => {
        if (name !== 'handle') return undefined;
        machine.call(next, [], at);
        return stream(maps);
      },
    };
    const frame = enter(machine, method, {
      args: [contextOf(machine), handler],
      node,
      self: value,
    });
    const answers = frame.returns.filter((exit) => !isStream(exit.value));
    ended(
      machine,
      answers.map((exit) => ({ ...exit, value: answer(machine, exit) })),
      true,
    );
  });
}

function isStream(value: Value): boolean {
  return value.kind === 'special' && value.name === 'Observable';
}

/** The status that Nest answers with where code sets none. */
export function statusOf(machine: Machine, { status }: Handler): Value {
  if (status) return traced(machine, status);
  return literal(machine.endpoint.method === 'POST' ? 201 : 200);
}

function answer(machine: Machine, { value, node, status }: Exit): Value {
  const handler = handlerOf(machine);
  const usual = handler ? statusOf(machine, handler) : null;
  const said = status.kind === 'undefined' ? usual : status;
  return makeResponse(node, { body: machine.settle(value, node), status: said });
}

/** What the handler will answer: `pipe(map(…))` changes it, everything else lets it through. */
function stream(maps: Value[]): Special {
  const made: Special = {
    kind: 'special',
    name: 'Observable',
    invoke: (name, args) => {
      if (name === 'pipe') maps.push(...args);
      return made;
    },
  };
  return made;
}

/** A handler's answer as it leaves the interceptors. */
export function mapped(machine: Machine, body: Value, node: ts.Node): Value {
  let at = body;
  for (const maps of mapsOf(machine))
    for (const each of maps) {
      const operator = operatorOf(each);
      if (operator && operator.kind !== 'tap')
        at = machine.settle(machine.call(operator.fn, [at], node), node);
    }
  return at;
}

/** Nothing is kept from an earlier trace of the endpoint. */
export function startAnew(machine: Machine): void {
  outwards.delete(machine.endpoint);
}
