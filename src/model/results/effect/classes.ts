import { builtIn } from '../../trace/classes.ts';
import { spreadFields } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import {
  type InstanceValue,
  literal,
  native,
  type Special,
  stringOf,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { type At, fail, run, runCall } from './run.ts';
import { buildServices, layer, type Services, serviceKey, within } from './services.ts';

type Maker = (at: At, args: readonly Value[]) => Value | undefined;

/** `Data.TaggedError('NotFound')`: its instances hold what they are given, and running one fails with it. */
function errorClass(machine: Machine, tag: Value | undefined): Special {
  return {
    kind: 'special',
    name: 'YieldableError',
    delegate: (self, node) => fail({ machine, node }, self),
    invoke: () => undefined,
    call: ([given = UNDEFINED]) => errorOf(tag, given),
  };
}

function errorOf(tag: Value | undefined, given: Value): InstanceValue {
  const own: [string, Value][] = tag
    ? [
        ['_tag', tag],
        ['name', tag],
      ]
    : [];
  return builtIn(
    ['YieldableError', 'Error'],
    [['message', literal('')], ...spreadFields(given).fields, ...own],
  );
}

/** A class whose instances hold what they are given. */
function dataClass(tag: Value | undefined): Special {
  return {
    kind: 'special',
    name: 'Data',
    invoke: () => undefined,
    call: ([given = UNDEFINED]) =>
      builtIn(['Data'], [...spreadFields(given).fields, ...(tag ? [['_tag', tag] as const] : [])]),
  };
}

/** A key by the name it is given, else by where it is made. */
function nameOf({ node }: At, given: Value | undefined): string {
  return stringOf(given) ?? `${node.getSourceFile().fileName}:${node.getStart()}`;
}

const key: Maker = (at, [name, options]) =>
  serviceKey(at.machine, { name: nameOf(at, name), ...defaultOf(at, options) });

function defaultOf({ machine }: At, options: Value | undefined) {
  if (options?.kind !== 'object') return {};
  const made = options.fields.value.get('defaultValue');
  return made ? { otherwise: (node: At['node']) => machine.call(made, [], node) } : {};
}

/** `Effect.Service<Self>()('name', { effect, dependencies })`: a key, and a layer that makes the service. */
const service: Maker = (at, [name, options = UNDEFINED]) => {
  const own = nameOf(at, name);
  const { machine } = at;
  const given = (part: string, node: At['node']) =>
    options.kind === 'object' ? machine.get(options, part, node) : UNDEFINED;
  const make = (node: At['node'], args: readonly Value[]): Services => {
    const each = { machine, node };
    const value = given('succeed', node);
    const thunk = given('sync', node);
    const work = ['effect', 'scoped', 'make'].map((part) => given(part, node)).find(isGiven);
    if (isGiven(value)) return new Map([[own, value]]);
    if (isGiven(thunk)) return new Map([[own, machine.call(thunk, [], node)]]);
    if (!work) return new Map();
    const made = work.kind === 'closure' ? runCall(each, work, args) : run(each, work);
    return new Map([[own, made]]);
  };
  const alone = (args: readonly Value[] = []) => layer(machine, (node) => make(node, args));
  const whole = (args: readonly Value[] = []): Special => {
    const build = (node: At['node']) => {
      const below = buildServices({ machine, node }, given('dependencies', node));
      return within(machine, below, () => make(node, args));
    };
    return layer(machine, build, whole);
  };
  const members: Readonly<Record<string, Value>> = {
    Default: whole(),
    DefaultWithoutDependencies: alone(),
    make: given('make', at.node),
  };
  return serviceKey(machine, { name: own, member: (member) => members[member] });
};

function isGiven(value: Value): boolean {
  return value.kind !== 'undefined';
}

/** `Context.Tag('name')<Self, Shape>()`, `Context.Service<Self, Shape>()('name')`, `Context.Service<Shape>('name')`. */
const later =
  (maker: Maker): Maker =>
  (at, args) =>
    args.length > 0
      ? maker(at, args)
      : native('class', (given, node) => maker({ machine: at.machine, node }, given) ?? UNDEFINED);

const tagged =
  (maker: Maker): Maker =>
  (at, args) =>
    native('class', () => maker(at, args) ?? UNDEFINED);

const errorWith: Maker = ({ machine }, [tag]) => errorClass(machine, tag);

/** What classes of the library are made by, by name. */
export const CLASSES: Readonly<Record<string, Maker>> = {
  'Context.Tag': tagged(key),
  'Context.GenericTag': key,
  'Context.Service': later(service),
  'Context.Reference': later(key),
  'ServiceMap.Service': later(service),
  'ServiceMap.Reference': later(key),
  'Effect.Tag': tagged(key),
  'Effect.Service': later(service),
  'Data.TaggedError': errorWith,
  'Data.TaggedClass': (_, [tag]) => dataClass(tag),
  'Schema.TaggedError': later(errorWith),
  'Schema.TaggedErrorClass': later(errorWith),
  'Schema.TaggedClass': later((_, [tag]) => dataClass(tag)),
  'Schema.Class': tagged(() => dataClass(undefined)),
};

/** Classes that are extended as they are. */
export const PLAIN_CLASSES: Readonly<Record<string, (machine: Machine) => Special>> = {
  'Data.Error': (machine) => errorClass(machine, undefined),
  'Data.Class': () => dataClass(undefined),
};
