import type { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics } from '../../reader.ts';
import { callStep } from '../../trace/chain.ts';
import { enter } from '../../trace/closures.ts';
import { fileScope } from '../../trace/environment.ts';
import { mayThrow } from '../../trace/errors.ts';
import { atom } from '../../trace/formula.ts';
import { takesBody } from '../../trace/input-facts.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { memberOf } from '../../trace/members.ts';
import { set } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { placeAt } from '../../trace/source.ts';
import {
  type InstanceValue,
  literal,
  literalOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { nextOf } from '../express/next.ts';
import { hook } from '../fastify/hook.ts';
import { givesSession } from '../fastify/session.ts';
import { majorOf } from '../version.ts';
import { enhanced, middlewareOf } from './enhancers.ts';
import { asException, exceptionAnswer, isOfParser, refusal } from './exceptions.ts';
import { recover } from './filters.ts';
import { guard } from './guards.ts';
import { given, handlerOf, instance, traced } from './inject.ts';
import { intercept, mapped, startAnew, statusOf } from './interceptors.ts';
import { constant, FROM, libraryCall, ownType } from './libraries.ts';
import { argumentsOf, decoratedWith } from './params.ts';
import { requestOf } from './request.ts';
import { responseOf } from './response.ts';
import { type Handler, stepOf } from './steps.ts';

/** Nest's middleware, guards, interceptors, pipes and handlers; errors go to filters. */
export const handlers: HandlerSemantics = {
  from: FROM,
  call: libraryCall,
  constant,
  typed: (machine, { name }) => ownType(machine, name),
  injected: (machine, property) => given(machine, property, handlerOf(machine)?.module ?? null),
  step: (machine, { registered, index }, then) => {
    const step = stepOf(registered);
    if (index === 0) startAnew(machine);
    if (step && index === parserAt(machine)) parsedBody(machine, step.handler);
    const node = registered.expression;
    if (step?.kind === 'handler') return handle(machine, step.handler, node);
    if (!step?.enhancer || givesSession(machine, step.enhancer.registered)) return then();
    const value =
      step.kind === 'middleware'
        ? middlewareOf(machine, step.enhancer)
        : enhanced(machine, step.enhancer);
    if (step.kind === 'guard') return guard(machine, { value, node }, then);
    if (step.kind === 'interceptor') return intercept(machine, { value, node }, then);
    if (step.kind === 'hook')
      return hook(machine, { value, node }, { then, args: argsOf(machine) });
    return middleware(machine, { value, node }, then);
  },
  recover,
  bodiless: (machine) => {
    const isFastify = majorOf(machine, '@nestjs/platform-fastify') !== undefined;
    return isFastify || (majorOf(machine, '@nestjs/core') ?? 0) >= EXPRESS_5
      ? 'missing'
      : undefined;
  },
  unhandled: (_, { value, node }) => exceptionAnswer(asException(value), node),
};

/** The first version of Nest whose Express leaves a body that is not sent undefined. */
const EXPRESS_5 = 11;

/** Nest's own parser stands behind what the app uses, where that is none, and before what modules apply. */
function parserAt({ endpoint: { chain } }: Machine): number {
  return chain.findIndex((each) => {
    const step = stepOf(each);
    return step?.kind !== 'middleware' || step.enhancer?.by !== undefined;
  });
}

/** A body that is no JSON is refused before modules see the request. */
function parsedBody(machine: Machine, { method }: Handler): void {
  const { chain } = machine.endpoint;
  const at = chain.at(-1)?.expression;
  if (!at || machine.sent || !takesBody(machine)) return;
  if (machine.thrown.some(({ exit }) => isOfParser(exit.value))) return;
  if (!decoratedWith(method, /^Body$/)) return;
  const when = atom({
    kind: 'input',
    is: 'malformed',
    at: placeAt(at),
    from: 'body',
    path: [],
  });
  mayThrow(machine, { when, value: refusal(400, unknown('message')) }, at);
}

function middleware(
  machine: Machine,
  { value, node }: { value: Value; node: ts.Node },
  then: () => void,
): void {
  const fn = value.kind === 'instance' ? (memberOf(machine, value, 'use') ?? UNDEFINED) : value;
  const args = (next: Value) => [...argsOf(machine), nextOf(machine, next)];
  callStep(machine, { value: fn, args, node }, { last: false, then });
}

function argsOf(machine: Machine): Value[] {
  return [requestOf(machine), responseOf(machine)];
}

/** Runs the pipes and the handler; what it returns is the body. */
function handle(machine: Machine, handler: Handler, node: ts.Expression): void {
  const controller = instance(
    machine,
    { kind: 'class', node: handler.controller.node, scope: scopeOf(handler) },
    handler.module,
  );
  const method =
    controller.kind === 'instance' ? methodOf(machine, controller, handler) : undefined;
  if (method?.kind !== 'closure') return;
  set(machine, machine.status, statusOf(machine, handler));
  const args = argumentsOf(machine, handler);
  if (machine.path.dead) return;
  const own = decoratedWith(handler.method, /^Res(ponse)?$/);
  const answers = own && !/passthrough:\s*true/.test(own.getText());
  const { returns } = enter(machine, method, { args, node, self: controller });
  if (!answers) for (const exit of returns) keep(machine, handler, exit);
}

function scopeOf({ controller }: Handler) {
  return fileScope(controller.node.getSourceFile().fileName);
}

function methodOf(machine: Machine, controller: InstanceValue, { method }: Handler) {
  return memberOf(machine, controller, method.name.getText());
}

/** What a handler returned, awaited and through the interceptors, where it came about. */
function keep(machine: Machine, handler: Handler, exit: Exit): void {
  const { node, status, facts, done } = exit;
  const before = { ...machine.path };
  const doneBefore = machine.done.value;
  Object.assign(machine.path, { facts, dead: false, answered: false });
  machine.done.value = done;
  const body = mapped(machine, machine.settle(exit.value, node), node);
  const ended = machine.path.dead;
  const after = { facts: machine.path.facts, done: machine.done.value };
  Object.assign(machine.path, before);
  machine.done.value = doneBefore;
  if (ended) return;
  const said = status.kind === 'undefined' ? null : status;
  const plain = body.kind === 'response' ? body : makeResponse(node, { body, status: said });
  const value = handler.redirect
    ? redirected(machine, handler.redirect.args, { body, node })
    : plain;
  machine.endings.push({
    exit: { ...exit, ...after, value },
    thrown: null,
    step: machine.current,
  });
}

/** `@Redirect('/there', 301)`; the handler may say another place and status. */
function redirected(
  machine: Machine,
  args: readonly Parameters<typeof traced>[1][],
  { body, node }: { body: Value; node: ts.Node },
): Value {
  const [place, code] = args.map((each) => traced(machine, each));
  const field = (name: string) =>
    body.kind === 'object' ? body.fields.value.get(name) : undefined;
  const status = field('statusCode') ?? code;
  return makeResponse(node, {
    kind: 'redirect',
    location: field('url') ?? place ?? unknown('location'),
    status: status && typeof literalOf(status) === 'number' ? status : literal(302),
  });
}
