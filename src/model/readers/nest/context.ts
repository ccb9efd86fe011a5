import { ts } from '../../../kernel/syntax.ts';
import { arrayOf, arrayOfAll, spreadItems } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { literal, native, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import type { Token } from './container.ts';
import { handlerOf, traced } from './inject.ts';
import { requestOf } from './request.ts';
import { responseOf } from './response.ts';
import type { Metadata } from './steps.ts';

/** What guards, interceptors, filters and custom decorators are told of the request. */
export function contextOf(machine: Machine): Special {
  const http: Special = {
    kind: 'special',
    name: 'http',
    invoke: (method) => {
      if (method === 'getRequest') return requestOf(machine);
      if (method === 'getResponse') return responseOf(machine);
      return method === 'getNext' ? native('next', () => UNDEFINED) : undefined;
    },
  };
  return {
    kind: 'special',
    name: 'ExecutionContext',
    invoke: (method, args) => {
      switch (method) {
        case 'switchToHttp':
          return http;
        case 'getType':
          return literal('http');
        case 'getHandler':
          return { kind: 'special', name: 'nest:method' };
        case 'getClass':
          return { kind: 'special', name: 'nest:class', get: () => className(machine) };
        case 'getArgs':
          return arrayOfAll([requestOf(machine), responseOf(machine)]);
        case 'getArgByIndex':
          return args[0]?.kind === 'term' ? requestOf(machine) : undefined;
        default:
          return undefined;
      }
    },
  };
}

function className(machine: Machine): Value {
  return literal(handlerOf(machine)?.controller.node.name?.text ?? '');
}

/** Nest's `Reflector`: the metadata of the handler and its controller. */
export function reflectorOf(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'Reflector',
    invoke: (method, [, targets = UNDEFINED], node) => {
      const token = keyAt(machine, node);
      if (token === undefined) return undefined;
      const found = targetsOf(targets).map((kind) => metadata(machine, kind, token));
      const said = found.filter((each) => each !== undefined);
      if (method === 'getAll') return arrayOfAll(found.map((each) => each ?? UNDEFINED));
      if (method === 'getAllAndMerge')
        return arrayOf(said.flatMap((each) => (each.kind === 'array' ? spreadItems(each) : [])));
      return method === 'get' || method === 'getAllAndOverride'
        ? (said[0] ?? UNDEFINED)
        : undefined;
    },
  };
}

function keyAt(machine: Machine, node: ts.Node): Token | undefined {
  const key = ts.isCallExpression(node) ? node.arguments[0] : undefined;
  return key && handlerOf(machine)?.container.tokenAt(key);
}

function targetsOf(value: Value): ('method' | 'type')[] {
  const all = value.kind === 'array' ? value.items.value.map((item) => item.value) : [value];
  return all.flatMap((each) => {
    if (each.kind !== 'special') return [];
    if (each.name === 'nest:method') return ['method'];
    return each.name === 'nest:class' ? ['type'] : [];
  });
}

function metadata(machine: Machine, of: 'method' | 'type', token: Token): Value | undefined {
  const all: readonly Metadata[] = handlerOf(machine)?.metadata[of] ?? [];
  const found = all.find(({ key }) => key === token);
  return found && traced(machine, found.value);
}
