import type { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import { object } from './terms.ts';
import { literal, native, type Special, term, typed, UNDEFINED, type Value } from './values.ts';

/** Node's `process`, as far as it says something of an app. */
export function processValue(machine: Machine): Value {
  const env: Special = {
    kind: 'special',
    name: 'process.env',
    get: (name) => term({ kind: 'env', name }, typed('string', true)),
  };
  const versions = object([['node', literal('24.0.0')]], true);
  // Whoever ends the process answers nothing: what led there is the case of no request.
  const ends = () => {
    machine.path.dead = true;
    return UNDEFINED;
  };
  const exit = native('process.exit', ends);
  const nextTick = native('process.nextTick', (args, node) => soon(machine, args, node));
  const parts: Readonly<Record<string, Value>> = { env, versions, exit, abort: exit, nextTick };
  return { kind: 'special', name: 'process', get: (name) => parts[name] };
}

/** What runs as soon as the code at hand is through. */
export function soon(
  machine: Machine,
  [work = UNDEFINED, ...args]: readonly Value[],
  node: ts.Node,
): Value {
  machine.call(work, args, node);
  return UNDEFINED;
}
