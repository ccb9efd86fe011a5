import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { type Special, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { keep, kept, partOf } from '../request-parts.ts';
import { requestOf } from '../web-request.ts';
import type { Around } from './route.ts';

const defaults = new WeakMap<Value, Value>();

/** `createContext(value)`: a key under which middleware leaves something for what follows. */
export function contextKey(node: ts.Node, [first = UNDEFINED]: readonly Value[]): Value {
  const key: Special = {
    kind: 'special',
    name: `router.context:${node.getSourceFile().fileName}:${node.getStart()}`,
  };
  defaults.set(key, first);
  return key;
}

/** What loaders, actions and middleware are called with. */
export function dataArguments(machine: Machine, { basename }: Around): Value {
  const request = requestOf(machine, basename);
  return object([
    ['request', request],
    ['params', paramsOf(machine)],
    ['context', providerOf(machine)],
    ['url', request.get?.('url', machine.endpoint.chain[0]?.expression as ts.Node) ?? UNDEFINED],
  ]);
}

/** Path parameters by their name; the rest of a path goes by `*`. */
export function paramsOf(machine: Machine): Value {
  const params = partOf(machine, 'params');
  if (!machine.endpoint.path.includes('*')) return params;
  const get = (name: string, node: ts.Node) =>
    machine.get(params, name === '*' ? 'splat' : name, node);
  return { kind: 'special', name: 'params', get };
}

function providerOf(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'context',
    get: (name) => (name === 'get' || name === 'set' ? undefined : unknown(`context.${name}`)),
    invoke: (method, [key = UNDEFINED, value = UNDEFINED]) => {
      if (key.kind !== 'special') return undefined;
      if (method === 'get') return kept(machine, key.name) ?? defaults.get(key);
      if (method !== 'set') return undefined;
      keep(machine, key.name, value);
      return UNDEFINED;
    },
  };
}
