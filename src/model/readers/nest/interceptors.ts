import type { ts } from '../../../kernel/syntax.ts';
import { outsideData } from '../../limits/limit.ts';
import { ended, passing } from '../../trace/chain.ts';
import { builtIn } from '../../trace/classes.ts';
import { enter, exitHere } from '../../trace/closures.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { memberOf } from '../../trace/members.ts';
import { side } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { attempt } from '../../trace/tries.ts';
import { literal, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
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
    if (value.kind === 'special') value.call?.([], node);
    then();
    return;
  }
  const maps: Value[] = [];
  mapsOf(machine).unshift(maps);
  passing(
    machine,
    () => caught(machine, maps, then),
    (next) => {
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
    },
  );
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
  return mappedBy(machine, mapsOf(machine).flat(), { body, node });
}

function mappedBy(
  machine: Machine,
  operators: readonly Value[],
  { body, node }: { body: Value; node: ts.Node },
): Value {
  let at = body;
  for (const each of operators) {
    const operator = operatorOf(each);
    if (operator?.kind === 'map' || operator?.kind === 'flat')
      at = machine.settle(machine.call(operator.fn, [at], node), node);
  }
  return at;
}

/** Runs what an interceptor stands around: its `catchError` is given what fails there, and its `timeout` fails itself. */
function caught(machine: Machine, maps: Value[], then: () => void): void {
  const run = maps.reduce((inner, each, index) => {
    const operator = operatorOf(each);
    if (operator?.kind === 'timeout') return () => timed(machine, inner);
    if (operator?.kind !== 'catch') return inner;
    const behind = () => {
      const all = mapsOf(machine);
      return [...maps.slice(index + 1), ...all.slice(all.indexOf(maps) + 1).flat()];
    };
    return () =>
      recovered(machine, inner, (error, at) => {
        const body = machine.settle(machine.call(operator.fn, [error], at), at);
        return mappedBy(machine, behind(), { body, node: at });
      });
  }, then);
  run();
}

function timed(machine: Machine, work: () => void): void {
  const node = machine.endpoint.chain[machine.current]?.expression;
  if (node)
    side(machine, outsideData('taking longer than rxjs waits', node), () =>
      machine.throwValue(builtIn(['TimeoutError', 'Error'], []), node),
    );
  work();
}

/** What is made of an error is the answer. */
function recovered(
  machine: Machine,
  work: () => void,
  handle: (error: Value, at: ts.Node) => Value,
): void {
  attempt(machine, {
    work: () => {
      work();
      return UNDEFINED;
    },
    handle: (error, at) => {
      const body = handle(error, at);
      if (machine.path.dead || machine.path.answered) return UNDEFINED;
      const exit = exitHere(machine, body, { node: at, mark: 0 });
      ended(machine, [{ ...exit, value: answer(machine, exit) }], true);
      machine.path.answered = true;
      return UNDEFINED;
    },
  });
}

/** Nothing is kept from an earlier trace of the endpoint. */
export function startAnew(machine: Machine): void {
  outwards.delete(machine.endpoint);
}
