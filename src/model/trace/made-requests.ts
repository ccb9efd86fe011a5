import type { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { fieldsCell, truthValue } from './terms.ts';
import { isThere } from './truth.ts';
import { literal, type Special, stringOf, UNDEFINED, type Value } from './values.ts';

interface Made {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** `new Headers(init)`: what is set on them, and behind it what they were made of. */
export function headersFrom(machine: Machine, { args: [init = UNDEFINED] }: Made): Special {
  const own = fieldsCell(new Map());
  const read = (name: string, node: ts.Node): Value =>
    own.value.get(name.toLowerCase()) ?? headerIn(machine, init, { name, node });
  return {
    kind: 'special',
    name: 'headers',
    invoke: (method, [name, value = UNDEFINED], node) => {
      const key = stringOf(name);
      if (key === undefined) return undefined;
      if (method === 'get') return read(key, node);
      if (method === 'has') return truthValue(isThere(read(key, node), node));
      if (!/^(set|append|delete)$/.test(method)) return undefined;
      const next = method === 'delete' ? UNDEFINED : value;
      set(machine, own, new Map([...own.value, [key.toLowerCase(), next]]));
      return UNDEFINED;
    },
  };
}

function headerIn(
  machine: Machine,
  init: Value,
  { name, node }: { name: string; node: ts.Node },
): Value {
  if (init.kind === 'special')
    return machine.invoke(init, { name: 'get', args: [literal(name)] }, node);
  if (init.kind !== 'object') return UNDEFINED;
  const found = [...init.fields.value].find(([each]) => each.toLowerCase() === name.toLowerCase());
  return found?.[1] ?? UNDEFINED;
}

/** `new Request(url, init)`, or one made of another: what `init` leaves out is the other's. */
export function requestFrom(machine: Machine, { args, node }: Made): Special {
  const [from = UNDEFINED, init = UNDEFINED] = args;
  const said = init.kind === 'object' ? init.fields.value : new Map<string, Value>();
  const base = from.kind === 'special' && from.name === 'request' ? from : undefined;
  const given = said.get('headers');
  const headers = given && headersFrom(machine, { args: [given], node });
  const body = said.get('body');
  const of = (name: string, at: ts.Node) => base?.get?.(name, at);
  const request: Special = {
    kind: 'special',
    name: 'request',
    get: (name, at) => {
      if (name === 'method') return said.get(name) ?? of(name, at) ?? literal('GET');
      if (name === 'headers')
        return headers ?? of(name, at) ?? headersFrom(machine, { args: [], node });
      if (name === 'url') return base ? of(name, at) : from;
      return of(name, at);
    },
    invoke: (method, more, at) => {
      if (method === 'clone') return request;
      if (body && /^(json|text|formData)$/.test(method)) return body;
      return base?.invoke?.(method, more, at);
    },
  };
  return request;
}
