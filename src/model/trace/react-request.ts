import { finding } from '../../kernel/finding.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Endpoint } from '../reader.ts';
import { answerErrors } from './chain.ts';
import { builtIn } from './classes.ts';
import { exitHere } from './closures.ts';
import { atom, type Formula } from './formula.ts';
import type { Ending, Machine } from './machine.ts';
import { addressOf, matching } from './react-address.ts';
import { answerOf } from './react-answer.ts';
import type { Sent } from './react-browser.ts';
import { placeAt } from './source.ts';
import { object } from './terms.ts';
import { stringOf, UNDEFINED, unknown, type Value } from './values.ts';

/**
 * `fetch` of the app's own API by a page: the route runs in the abstract, under what is known already, and
 * its answers are the response. Undefined where the request goes elsewhere.
 */
export function ownRequest(
  machine: Machine,
  args: readonly Value[],
  node: ts.Node,
): Value | undefined {
  const { browser } = machine;
  const [target = UNDEFINED, init = UNDEFINED] = args;
  if (!browser || machine.sent || machine.path.dead) return undefined;
  const address = addressOf(target);
  if (address === 'elsewhere') return undefined;
  const method = methodOf(machine, init, node);
  const found = address && method ? matching(browser.endpoints, { method, address }) : undefined;
  if (!address || !found) {
    unresolved(machine, node);
    return undefined;
  }
  const first = browser.called.size === 0;
  browser.called.add(found.endpoint);
  const body = machine.get(init, 'body', node);
  const headers = lowerCase(machine.get(init, 'headers', node));
  const sent: Sent = {
    params: object(found.params),
    query: object(address.query),
    body,
    headers,
  };
  return inside(machine, { endpoint: found.endpoint, sent, first }, node);
}

function methodOf(machine: Machine, init: Value, node: ts.Node): string | undefined {
  const said = machine.get(init, 'method', node);
  if (said.kind === 'undefined') return 'GET';
  return stringOf(said)?.toUpperCase();
}

function lowerCase(headers: Value): Value {
  if (headers.kind !== 'object') return object();
  return object([...headers.fields.value].map(([name, value]) => [name.toLowerCase(), value]));
}

function unresolved(machine: Machine, node: ts.Node): void {
  const { file, line } = placeAt(node);
  const facts = { page: machine.endpoint.path, call: placeAt(node).symbol };
  machine.findings.push(
    finding('model.unresolvedPageCall', { severity: 'warning', file, line, facts }),
  );
}

interface Request {
  readonly endpoint: Endpoint;
  readonly sent: Sent;
  /** The page's first call is the one that may find the API out of order. */
  readonly first: boolean;
}

/** Runs an endpoint's chain for a page and goes on behind it. */
function inside(machine: Machine, request: Request, node: ts.Node): Value {
  const { path } = machine;
  const facts = path.facts;
  const back = setAside(machine);
  machine.endpoint = request.endpoint;
  machine.sent = request.sent;
  if (request.first) outOfOrder(machine, node);
  answerErrors(machine);
  Object.assign(path, { facts, dead: false, answered: false });
  machine.proceed(0);
  answerErrors(machine);
  const endings: Ending[] = machine.endings.splice(0);
  const done = machine.done.value;
  back();
  Object.assign(path, { facts, dead: false, answered: false });
  machine.done.value = new Map([...machine.done.value, ...done]);
  return answerOf(machine, endings, { known: facts, node });
}

/** An API that fails answers what its error handler makes of an error nobody expects. */
function outOfOrder(machine: Machine, node: ts.Node): void {
  const { path } = machine;
  const exit = exitHere(machine, builtIn(['Error'], [['message', unknown('message')]]), {
    node,
    mark: path.facts.length,
  });
  const facts: readonly Formula[] = [...exit.facts, apiFails(machine, node)];
  machine.thrown.push({ exit: { ...exit, facts }, possible: false });
}

function apiFails(machine: Machine, node: ts.Node): Formula {
  const { method, path } = machine.endpoint;
  return atom({ kind: 'external', at: placeAt(node), name: `${method} ${path}`, holds: false });
}

/** Takes what belongs to the running request aside; the result puts it back. */
function setAside(machine: Machine): () => void {
  const { endpoint, current, sent } = machine;
  const lists = [machine.endings, machine.thrown, machine.frames, machine.sites].map((list) => {
    const old = list.splice(0);
    return () => {
      list.splice(0, list.length);
      (list as unknown[]).push(...old);
    };
  });
  const maps = [machine.inputs, machine.valid].map((map) => {
    const old = [...map];
    map.clear();
    return () => {
      map.clear();
      for (const [name, value] of old) (map as Map<unknown, unknown>).set(name, value);
    };
  });
  const stopped = [...machine.stopped];
  const variables = machine.variables.value;
  const status = machine.status.value;
  machine.variables.value = new Map();
  machine.status.value = UNDEFINED;
  machine.frames.push({ kind: 'request' });
  return () => {
    for (const restore of [...lists, ...maps]) restore();
    machine.stopped.clear();
    for (const step of stopped) machine.stopped.add(step);
    machine.variables.value = variables;
    machine.status.value = status;
    Object.assign(machine, { endpoint, current, sent });
  };
}
