import { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics, Registered } from '../../reader.ts';
import { passing } from '../../trace/chain.ts';
import { builtIn } from '../../trace/classes.ts';
import { enter, exitHere } from '../../trace/closures.ts';
import { mayThrow } from '../../trace/errors.ts';
import { atom } from '../../trace/formula.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { literal, native, UNDEFINED, type Value } from '../../trace/values.ts';
import { paramGiven } from '../express/params.ts';
import { httpError, statusAnswer } from '../http-errors.ts';
import { answerOf, contextOf } from './context.ts';
import { tokenRequired } from './token.ts';

/** Koa's middleware: `(ctx, next)`; the answer is what the context holds when all have returned. */
export const handlers: HandlerSemantics = {
  from: /^(koa-body|koa-bodyparser|@koa\/bodyparser|koa-jwt|http-errors)$/,
  call: (machine, { name, args, node, made }) => {
    const fn = name.split('.').at(-1) ?? name;
    if (!made && /^(default|koaBody|bodyParser|json)$/.test(fn) && isParser(node))
      return native('body', ([, next], at) => parsed(machine, next, at));
    if (!made && isTokenCheck(node)) return tokenRequired(machine, args[0] ?? UNDEFINED);
    return httpError(machine, fn, { args, node });
  },
  step: (machine, { registered, last }, then) =>
    run(machine, { value: machine.standing(registered), registered, last }, then),
  recover: (machine, handler, { value, node }) => {
    const fn = machine.standing(handler);
    if (fn.kind !== 'closure') return null;
    const next = native('next', (_, at) => {
      machine.throwValue(value, at);
      return UNDEFINED;
    });
    return answers(enter(machine, fn, { args: [contextOf(machine), next], node }).returns);
  },
  unhandled: (_, { value, node }) => statusAnswer(value, node),
};

/** Whether a call makes a middleware that reads bodies. */
function isParser(node: ts.Node): boolean {
  return /^\s*(\w+\.)?(koaBody|bodyParser|koaBodyParser|body)\b/i.test(node.getText());
}

/** Whether a call makes koa-jwt's middleware. */
function isTokenCheck(node: ts.Node): boolean {
  return ts.isCallExpression(node) && /jwt$/i.test(node.expression.getText());
}

interface Running {
  readonly value: Value;
  readonly registered: Registered;
  readonly last: boolean;
}

function run(machine: Machine, step: Running, then: () => void): void {
  const { value, registered, last } = step;
  const { expression: node } = registered;
  if (value.kind === 'choice') {
    branch(machine, value.when, {
      yes: () => run(machine, { ...step, value: value.yes }, then),
      no: () => run(machine, { ...step, value: value.no }, then),
    });
    return;
  }
  const before = paramGiven(machine, registered).slice(0, 1);
  const args = (next: Value) => [...before, contextOf(machine), next];
  const onward = last ? () => atEnd(machine, node) : then;
  if (value.kind === 'special' && value.call) {
    passing(machine, onward, (next) => machine.call(value, args(next), node));
  } else if (value.kind !== 'closure') onward();
  else {
    passing(machine, onward, (next) => {
      const frame = enter(machine, value, { args: args(next), node });
      for (const exit of answers(frame.returns)) ended(machine, exit);
    });
  }
}

/** A handler that hands on with nothing behind it. */
function atEnd(machine: Machine, node: ts.Node): void {
  const exit = exitHere(machine, answerOf(machine.status.value, node), { node, mark: 0 });
  ended(machine, exit);
}

function ended(machine: Machine, exit: Exit): void {
  machine.endings.push({ exit, thrown: null, step: machine.current });
  machine.stopped.add(machine.current);
}

function answers(exits: readonly Exit[]): Exit[] {
  return exits.map((exit) => ({ ...exit, value: answerOf(exit.status, exit.node) }));
}

/** A body that is no JSON is an error of status 400. */
function parsed(machine: Machine, next: Value | undefined, node: ts.Node): Value {
  if (!/^(GET|HEAD|DELETE)$/.test(machine.endpoint.method)) {
    const at = placeAt(node);
    const when = atom({ kind: 'input', is: 'malformed', at, from: 'body', path: [] });
    const error = builtIn(
      ['SyntaxError', 'Error'],
      [
        ['status', literal(400)],
        ['message', literal('Bad Request')],
      ],
    );
    mayThrow(machine, { when, value: error }, node);
  }
  return next ? machine.call(next, [], node) : UNDEFINED;
}
