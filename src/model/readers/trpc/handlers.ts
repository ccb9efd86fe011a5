import type { ts } from '../../../kernel/syntax.ts';
import type { Step as ChainStep, HandlerSemantics, Raised } from '../../reader.ts';
import { callStep, passing, respond } from '../../trace/chain.ts';
import { enter, exitHere } from '../../trace/closures.ts';
import { spreadFields } from '../../trace/composites.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { textOf } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import { attempt } from '../../trace/tries.ts';
import { literal, native, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { keep, kept } from '../request-parts.ts';
import { statusOfError, trpcError, unhandled, wrappedIn } from './errors.ts';
import { checked, declareEmpty, rawInput, readOnce } from './input.ts';
import { type Called, calledBy, stepOf } from './parts.ts';
import { PACKAGES } from './register.ts';
import { contextArguments, requestArguments } from './request.ts';
import { bodyRead } from './rest-input.ts';
import { recover } from './results.ts';

const CONTEXT = 'trpc.ctx';
const INPUT = 'trpc.input';
const SERVE = 'trpc.serve';

/** What serves a request that it is handed, and what makes a function that does. */
const SERVING = /^(fetchRequestHandler|nodeHTTPRequestHandler|createOpenApiFetchHandler)$/;
const MAKING = /^create(NextApi|OpenApi(Next|Http|NodeHttp))Handler$/;

/** tRPC's procedures: a context, then middleware and inputs in the order of their builder, then a resolver. */
export const handlers: HandlerSemantics = {
  from: PACKAGES,
  call: (machine, { name, args, node, made }) => {
    if (name === 'TRPCError' && made) return trpcError(args[0] ?? UNDEFINED);
    if (name === 'getHTTPStatusCodeFromError' && args[0]) return statusOfError(args[0]);
    const [options = UNDEFINED] = args;
    if (SERVING.test(name)) return served(machine, options, node);
    if (!MAKING.test(name) || !calledBy(machine.endpoint)) return undefined;
    return native(name, (_, at) => served(machine, options, at) ?? UNDEFINED);
  },
  step: (machine, step, then) => {
    const called = calledBy(machine.endpoint);
    if (called) run(machine, { step, called }, then);
  },
  recover: (machine, handler, raised) => {
    const answering = stepOf(handler)?.semantics;
    if (answering)
      return around(machine, raised) ? answering.recover(machine, handler, raised) : null;
    const called = calledBy(machine.endpoint);
    const args = (next: Value) => (called ? [options(machine, { called, next })] : []);
    return recover(machine, handler, { raised, args });
  },
  unhandled: (machine, raised) => {
    const outer = around(machine, raised);
    return outer ? outer.unhandled?.(machine, raised) : unhandled(machine, raised);
  },
};

/** How the framework has it that runs what an error was thrown in, where that stands around tRPC. */
function around({ endpoint }: Machine, { step }: Raised): HandlerSemantics | undefined {
  const registered = step === undefined ? undefined : endpoint.chain[step];
  return registered && stepOf(registered)?.semantics;
}

interface About {
  readonly step: ChainStep;
  readonly called: Called;
}

function run(machine: Machine, { step, called }: About, then: () => void): void {
  const { registered } = step;
  const node = registered.expression;
  const { kind, semantics: outer } = stepOf(registered) ?? {};
  if (kind === 'input') {
    const before = kept(machine, INPUT);
    checked(machine, { registered, called, before }, (value) => {
      keep(machine, INPUT, value);
      then();
    });
    return;
  }
  if (outer) {
    outer.step(machine, { ...step, last: false }, then);
    return;
  }
  const value = machine.standing(registered);
  if (kind === 'serve') serve(machine, { step, value, called }, then);
  else if (kind === 'context') {
    readContext(machine, value, { called, node });
    if (!machine.path.dead) then();
  } else if (value.kind !== 'closure') {
    if (!step.last) then();
    else
      answer(
        machine,
        exitHere(machine, dataOf(called, unknown(textOf(node)), node), { node, mark: 0 }),
      );
  } else if (kind === 'resolver') resolve(machine, { value, node, called });
  else middleware(machine, { value, node, called }, then);
}

/** The function around `fetchRequestHandler({ … })`: what it does before is done before any procedure. */
function serve(
  machine: Machine,
  { step, value, called }: About & { value: Value },
  goOn: () => void,
): void {
  const node = step.registered.expression;
  const { facts } = machine.path;
  let arrived = false;
  const args = (next: Value) => {
    keep(machine, SERVE, next);
    return requestArguments(machine);
  };
  if (value.kind === 'closure' || value.kind === 'special') {
    const then = () => {
      arrived = true;
      goOn();
    };
    callStep(machine, { value, args, node }, { last: false, then });
  }
  if (arrived) return;
  Object.assign(machine.path, { facts, dead: false, answered: false });
  const context = stepOf(step.registered)?.context;
  if (context) readContext(machine, machine.standing(context), { called, node });
  if (!machine.path.dead) goOn();
}

function served(machine: Machine, options: Value, node: ts.Node): Value | undefined {
  const next = kept(machine, SERVE);
  const called = calledBy(machine.endpoint);
  if (!next || !called) return undefined;
  const create = options.kind === 'object' ? options.fields.value.get('createContext') : undefined;
  attempt(machine, {
    work: () => {
      if (called.rest) bodyRead(machine, node);
      if (create) readContext(machine, create, { called, node });
      return UNDEFINED;
    },
    handle: (value, at) => {
      const response = unhandled(machine, { value, node: at });
      if (response) respond(machine, { kind: 'response', response }, at);
      machine.path.dead = true;
      return UNDEFINED;
    },
  });
  if (!machine.path.dead) machine.call(next, [], node);
  return unknown(textOf(node));
}

function readContext(
  machine: Machine,
  create: Value,
  { called, node }: { called: Called; node: ts.Node },
): void {
  const args = contextArguments(machine, called);
  keep(machine, CONTEXT, machine.settle(machine.call(create, args, node), node));
}

interface Running {
  readonly value: Value & { kind: 'closure' };
  readonly node: ts.Node;
  readonly called: Called;
}

/** `({ ctx, input, next, path, type, meta }) => …`. */
function options(machine: Machine, { called, next }: { called: Called; next?: Value }): Value {
  const { name, procedure } = called;
  const input = kept(machine, INPUT) ?? UNDEFINED;
  const raw = rawInput(machine, called);
  return object([
    ['ctx', kept(machine, CONTEXT) ?? object()],
    ['input', input],
    ['rawInput', raw],
    [
      'getRawInput',
      native('getRawInput', (_, at) => {
        readOnce(machine, called, at);
        return raw;
      }),
    ],
    ['path', literal(name)],
    ['type', literal(procedure.kind)],
    ['meta', procedure.meta ? machine.standing(procedure.meta) : UNDEFINED],
    ['signal', UNDEFINED],
    ...(next ? [['next', next] as const] : []),
  ]);
}

function middleware(machine: Machine, { value, node, called }: Running, then: () => void): void {
  passing(machine, then, (goOn) => {
    const next = native('next', ([given], at) => {
      const said = given?.kind === 'object' ? given.fields.value : undefined;
      const ctx = said?.get('ctx');
      const input = said?.get('input');
      if (ctx) keep(machine, CONTEXT, joined(kept(machine, CONTEXT) ?? object(), ctx));
      if (input) keep(machine, INPUT, input);
      return machine.call(goOn, [], at);
    });
    enter(machine, value, { args: [options(machine, { called, next })], node });
  });
}

/** What `next({ ctx })` adds stands beside and before what was there. */
function joined(before: Value, added: Value): Value {
  const [old, more] = [spreadFields(before), spreadFields(added)];
  return object([...old.fields, ...more.fields], old.open || more.open);
}

function resolve(machine: Machine, { value, node, called }: Running): void {
  if (called.procedure.kind === 'mutation' && !kept(machine, INPUT)) declareEmpty(machine);
  const frame = enter(machine, value, { args: [options(machine, { called })], node });
  for (const exit of frame.returns) {
    const said = machine.settle(exit.value, exit.node);
    answer(machine, { ...exit, value: dataOf(called, said, exit.node) });
  }
}

function answer(machine: Machine, exit: Exit): void {
  machine.endings.push({ exit, thrown: null, step: machine.current });
}

/** `{ result: { data } }`, or the data alone. */
function dataOf({ wrapped, rest }: Called, data: Value, node: ts.Node): Value {
  const result = object([['data', wrappedIn(data, wrapped)]]);
  const body = rest ? data : object([['result', result]]);
  return makeResponse(node, { status: literal(200), body });
}
