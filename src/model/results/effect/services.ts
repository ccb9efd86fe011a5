import type { ts } from '../../../kernel/syntax.ts';
import { baseOf } from '../../trace/classes.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { fieldsCell } from '../../trace/terms.ts';
import {
  type ChoiceValue,
  native,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { piped } from './pipe.ts';
import { type At, effect, run, runCall } from './run.ts';

/** What is provided where an effect runs, by the names of the services' keys. */
export type Services = ReadonlyMap<string, Value>;

const NONE: Services = new Map();
const provided = new WeakMap<Machine, Services[]>();

export function servicesOf(machine: Machine): Services {
  return provided.get(machine)?.at(-1) ?? NONE;
}

/** Runs work with more services than there are around it. */
export function within<T>(machine: Machine, more: Services, work: () => T): T {
  const stack = provided.get(machine) ?? [];
  provided.set(machine, stack);
  stack.push(new Map([...servicesOf(machine), ...more]));
  try {
    return work();
  } finally {
    stack.pop();
  }
}

interface Key {
  readonly name: string;
  /** What it stands for where nothing is provided. */
  readonly otherwise?: (node: ts.Node) => Value;
  /** Its own static members. */
  readonly member?: (name: string) => Value | undefined;
}

const keys = new WeakMap<Value, Key>();

/** The key of a service, as it is or as what a class extends. */
export function serviceKey(machine: Machine, key: Key): Special {
  const service = (node: ts.Node) =>
    servicesOf(machine).get(key.name) ?? key.otherwise?.(node) ?? unknown(key.name);
  const made: Special = {
    kind: 'special',
    name: 'Tag',
    delegate: (_, node) => service(node),
    get: (name) => {
      const own = key.member?.(name);
      if (own) return own;
      if (name === 'of') return native(name, ([given = UNDEFINED]) => given);
      if (name === 'use' || name === 'useSync')
        return native(name, ([fn]) =>
          effect(machine, (node) => runCall({ machine, node }, fn, [service(node)])),
        );
      return name === 'key' || name === 'pipe' ? undefined : accessor(name);
    },
    invoke: (method, args, node) => {
      if (method === 'pipe') return piped({ machine, node }, made, args);
      const member = made.get?.(method, node);
      return member && machine.call(member, args, node);
    },
  };
  /** A static member that does what the service's own does, once it is run. */
  const accessor = (name: string): Special => {
    const own = (node: ts.Node) => machine.get(service(node), name, node);
    const value = effect(machine, (node) => run({ machine, node }, own(node)));
    return {
      ...value,
      call: (args) => effect(machine, (node) => runCall({ machine, node }, own(node), args)),
    };
  };
  keys.set(made, key);
  return made;
}

/** The name of the service that a key, or a class that extends one, stands for. */
export function keyName(machine: Machine, value: Value | undefined): string | undefined {
  if (value?.kind === 'class') return keyName(machine, baseOf(machine, value));
  return value && keys.get(value)?.name;
}

type Build = (node: ts.Node) => Services;

const layers = new WeakMap<Value, Build>();

/** What makes services when it is provided. */
export function layer(machine: Machine, build: Build, call?: Special['call']): Special {
  const made: Special = {
    kind: 'special',
    name: 'Layer',
    ...(call ? { call } : {}),
    invoke: (method, args, node) =>
      method === 'pipe' ? piped({ machine, node }, made, args) : undefined,
  };
  layers.set(made, build);
  return made;
}

export function isLayer(value: Value): boolean {
  return layers.has(value);
}

/** The services built so far by each layer: one that is provided in several places is built once. */
const built = new WeakMap<Machine, Map<Value, Services>>();

/** The services of a layer, a context, or several of them. */
export function buildServices(at: At, value: Value): Services {
  if (value.kind === 'array')
    return merged(value.items.value.map((item) => buildServices(at, item.value)));
  if (value.kind === 'choice') return eitherServices(at, value);
  const build = layers.get(value);
  if (!build) return NONE;
  const outer = built.get(at.machine);
  const known = outer ?? new Map<Value, Services>();
  const before = known.get(value);
  if (before) return before;
  built.set(at.machine, known);
  try {
    const services = build(at.node);
    known.set(value, services);
    return services;
  } finally {
    if (!outer) built.delete(at.machine);
  }
}

/** One service by its key: `[key, value]`; none where the key can't be told. */
export function serviceOf(
  { machine }: At,
  [key, value = UNDEFINED]: readonly (Value | undefined)[],
): Services {
  const name = keyName(machine, key);
  return name === undefined ? NONE : new Map([[name, value]]);
}

export function merged(all: readonly Services[]): Services {
  return new Map(all.flatMap((each) => [...each]));
}

function eitherServices(at: At, { when, yes, no }: ChoiceValue): Services {
  const built = branch(at.machine, when, {
    yes: () => buildServices(at, yes),
    no: () => buildServices(at, no),
  });
  if (!built.yes || !built.no) return built.yes ?? built.no ?? NONE;
  return fieldsCell(NONE).merge(built.when, built.yes, built.no);
}
