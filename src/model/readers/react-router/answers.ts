import type { ts } from '../../../kernel/syntax.ts';
import { sides } from '../../trace/answers.ts';
import { exitHere } from '../../trace/closures.ts';
import { all, not, some, TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { assume } from '../../trace/path.ts';
import { makeResponse, statusOf } from '../../trace/responses.ts';
import { choose } from '../../trace/terms.ts';
import { addressText } from '../../trace/urls.ts';
import { literal, literalOf, type Response, UNDEFINED, type Value } from '../../trace/values.ts';

const plain = new WeakSet<Response>();

/** `data(value, init)`: no response of its own, but what its route has to say. */
export function dataOf([body = UNDEFINED, init]: readonly Value[], node: ts.Node): Value {
  const value = makeResponse(node, { body, ...statusIn(init) });
  plain.add(value.response);
  return value;
}

export function isData({ response }: Value & { kind: 'response' }): boolean {
  return plain.has(response);
}

export function jsonOf([body = UNDEFINED, init]: readonly Value[], node: ts.Node): Value {
  return makeResponse(node, { body, ...statusIn(init) });
}

export function redirectTo([target = UNDEFINED, init]: readonly Value[], node: ts.Node): Value {
  const status = statusIn(init).status ?? literal(302);
  return makeResponse(node, { kind: 'redirect', location: addressText(target), status });
}

/** A status, alone or among other options. */
function statusIn(init: Value | undefined): { status?: Value } {
  return init && typeof literalOf(init) === 'number' ? { status: init } : statusOf(init);
}

/** Ends the request where a value is a redirect; elsewhere it goes on. */
export function endRedirects(machine: Machine, value: Value): void {
  const away = sides(value, TRUE).filter(({ value: each }) => isRedirect(each));
  for (const { value: answer, when } of away) {
    if (answer.kind !== 'response') continue;
    const exit = exitHere(machine, answer, { node: answer.response.node, mark: 0 });
    const facts = [...exit.facts, ...(when.kind === 'all' ? when.of : [when])];
    machine.endings.push({
      exit: { ...exit, facts, when: all([exit.when, when]) },
      thrown: null,
      step: machine.current,
    });
    machine.stopped.add(machine.current);
  }
  if (away.length > 0) assume(machine, not(some(away.map(({ when }) => when))));
}

/** What of a returned value reaches components: the data in it; and its status, where it has one. */
export function dataIn(value: Value): { data: Value; status: Value | null } {
  if (value.kind === 'response') {
    return { data: value.response.body ?? UNDEFINED, status: value.response.status };
  }
  if (value.kind !== 'choice') return { data: value, status: null };
  if (isRedirect(value.yes)) return dataIn(value.no);
  if (isRedirect(value.no)) return dataIn(value.yes);
  const [yes, no] = [dataIn(value.yes), dataIn(value.no)];
  const status =
    yes.status || no.status
      ? choose(value.when, yes.status ?? literal(200), no.status ?? literal(200))
      : null;
  return { data: choose(value.when, yes.data, no.data), status };
}

export function isRedirect(value: Value): boolean {
  return value.kind === 'response' && value.response.kind === 'redirect';
}
