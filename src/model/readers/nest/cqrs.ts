import type { Machine } from '../../trace/machine.ts';
import { native, type Special, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { handlerOf, supplied } from './inject.ts';

/**
 * What a type of `@nestjs/cqrs` holds: commands and queries are answered by the provider that is decorated with their
 * class, events are heard by others after the answer (https://docs.nestjs.com/recipes/cqrs).
 */
export function cqrsType(machine: Machine, name: string): Value | undefined {
  switch (name) {
    case 'CommandBus':
    case 'QueryBus':
      return bus(machine, name);
    case 'EventBus':
    case 'UnhandledExceptionBus':
      return { kind: 'special', name, invoke: () => UNDEFINED };
    case 'EventPublisher':
      return {
        kind: 'special',
        name,
        invoke: (method, [first = UNDEFINED]) => (/^merge/.test(method) ? first : undefined),
      };
    case 'AggregateRoot':
      return aggregate();
    default:
      return undefined;
  }
}

function bus(machine: Machine, name: string): Special {
  return {
    kind: 'special',
    name,
    invoke: (method, args, node) => {
      const [asked] = args;
      if (method !== 'execute' || !asked) return undefined;
      const type = asked.kind === 'instance' ? asked.of?.node : undefined;
      const provider = type && handlerOf(machine)?.container.dispatched.get(type);
      if (!provider) return unknown(`${name}.execute()`);
      return machine.invoke(supplied(machine, provider), { name: 'execute', args }, node);
    },
  };
}

/** What a class that extends `AggregateRoot` has of it: events that are kept until they are published. */
function aggregate(): Special {
  return {
    kind: 'special',
    name: 'AggregateRoot',
    get: (name) => (AGGREGATE.has(name) ? native(name, () => UNDEFINED) : undefined),
    invoke: (method) => (AGGREGATE.has(method) ? UNDEFINED : undefined),
  };
}

const AGGREGATE: ReadonlySet<string> = new Set([
  'apply',
  'commit',
  'loadFromHistory',
  'publish',
  'publishAll',
  'uncommit',
]);
