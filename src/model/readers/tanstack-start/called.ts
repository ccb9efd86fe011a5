import type { ts } from '../../../kernel/syntax.ts';
import { enter, exitHere } from '../../trace/closures.ts';
import { declareInput } from '../../trace/declared-input.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import { input, literal, unknown, type Value } from '../../trace/values.ts';
import { waysOf } from '../leaving.ts';
import { formOf } from '../web-request.ts';
import { isNotFound } from './leaving.ts';
import { dataOf, given, keepData, type Running, stepOf, through } from './middleware.ts';
import type { Doing } from './parts.ts';
import { functionOf } from './server-function.ts';
import { validated } from './validated.ts';

/**
 * A server function as a page's code calls it: behind its middleware its input is checked, then it runs. Told is what
 * its caller gets: a value, an error it throws, a redirect or what is not found. On the wire the last two and errors
 * are values, too (`server-functions-handler.ts`).
 */
export function call(machine: Machine, { part }: Doing, running: Running): void {
  const { registered } = part;
  const node = registered.expression;
  const step = functionOf(machine.standing(registered));
  if (!step) {
    const value = unknown('a server function');
    keepExit(machine, exitHere(machine, value, { node, mark: 0 }));
    return;
  }
  const checks = [...step.middleware.map((each) => stepOf(each)?.validator), step.validator];
  keepData(machine, sentTo(machine, checks, step.server));
  const goOn = () =>
    running.within(() => {
      const { validator, server } = step;
      if (validator)
        keepData(machine, validated(machine, validator, { value: dataOf(machine), node }));
      if (machine.path.dead || server?.kind !== 'closure') return;
      const { returns } = enter(machine, server, { args: [given(machine, running)], node });
      for (const exit of returns.flatMap(waysOf)) keepExit(machine, exit);
    });
  through(machine, step.middleware, { running, goOn });
}

/** What a caller gives: a form where the first to see it says so, else anything there is JSON for. */
function sentTo(
  machine: Machine,
  checks: readonly (Value | undefined)[],
  server: Value | undefined,
): Value {
  const known = checks.filter((each) => each !== undefined);
  const [first = server] = known;
  if (first?.kind === 'closure' && takesForm(first.node)) return formOf(machine);
  const required = known.length > 0 ? ['data'] : [];
  declareInput(machine, 'body', { type: 'object', properties: {}, required });
  return input('body', ['data'], null);
}

function takesForm({ parameters: [first], body }: ts.FunctionLikeDeclaration): boolean {
  if (first?.type?.getText() === 'FormData') return true;
  return /\binstanceof FormData\b/.test(body?.getText() ?? '');
}

/** What it throws to leave: a response as it is, what is not found, an error with a status of its own. */
export function functionAnswer(thrown: Value, at: ts.Node, status: Value): Value | undefined {
  if (thrown.kind === 'response') return thrown;
  if (isNotFound(thrown)) return makeResponse(at, { status: literal(404) });
  if (status.kind === 'undefined' || thrown.kind !== 'instance') return undefined;
  const message = thrown.fields.value.get('message');
  return makeResponse(at, { status, body: object(message ? [['message', message]] : []) });
}

function keepExit(machine: Machine, exit: Exit): void {
  const { node, status } = exit;
  const value = machine.settle(exit.value, node);
  const body = value.kind === 'undefined' ? null : value;
  const said = status.kind === 'undefined' ? null : status;
  const answer = value.kind === 'response' ? value : makeResponse(node, { body, status: said });
  machine.endings.push({ exit: { ...exit, value: answer }, thrown: null, step: machine.current });
  machine.stopped.add(machine.current);
}
