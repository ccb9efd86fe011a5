import type { LibraryReader } from '../reader.ts';
import { isUnknown } from '../trace/in-every-case.ts';
import type { Machine } from '../trace/machine.ts';
import { textOf } from '../trace/source.ts';
import { literal, native, UNDEFINED, unknown, type Value } from '../trace/values.ts';
import { CLASSES, PLAIN_CLASSES } from './effect/classes.ts';
import { CONSTRUCTORS, decided } from './effect/constructors.ts';
import { LAYER_OPERATORS, LAYERS } from './effect/layers.ts';
import { flow, type Operator, operated, piped } from './effect/pipe.ts';
import { RECOVERY } from './effect/recovery.ts';
import { type At, isEffect, succeed } from './effect/run.ts';
import { FAILURE_CAUSE, managedRuntime, runner, runtimeRunner } from './effect/running.ts';
import { SEQUENCING } from './effect/sequencing.ts';
import { isLayer, layer } from './effect/services.ts';
import {
  constructors,
  EITHER,
  EXIT,
  isSided,
  OPTION,
  RESULT,
  sidedOperators,
} from './effect/sided.ts';
import { unread } from './effect/unread.ts';

type Call = (at: At, name: string, args: readonly Value[]) => Value | undefined;

const SIDED: Readonly<Record<string, Readonly<Record<string, Operator>>>> = {
  Option: sidedOperators(OPTION),
  Either: sidedOperators(EITHER),
  Result: sidedOperators(RESULT),
  Exit: sidedOperators(EXIT),
};

/** Functions on effects; one that is not known leaves an effect as it is. */
const ofEffect: Call = (at, name, args) => {
  const { machine } = at;
  const isSelf = (value: Value) => isEffect(machine, value) || isUnknown(value);
  const ran = runner(at, name, args) ?? CONSTRUCTORS[name]?.(at, args);
  if (ran) return ran;
  if (name === 'if') {
    const asked = (value: Value) => isSelf(value) || value.kind !== 'object';
    return operated(at, { needs: 2, work: decided }, { args, isSelf: asked });
  }
  if (name === 'forEach')
    return operated(at, SEQUENCING[name] as Operator, {
      args,
      isSelf: (value) => value.kind !== 'closure',
    });
  const own = SEQUENCING[name] ?? RECOVERY[name];
  if (own) return operated(at, own, { args, isSelf });
  const self = args.find((arg) => isEffect(machine, arg));
  return self ?? native(name, ([given = UNDEFINED]) => given);
};

const ofLayer: Call = (at, name, args) => {
  const own = LAYERS[name]?.(at, args);
  if (own) return own;
  const known = LAYER_OPERATORS[name];
  if (known) return operated(at, known, { args, isSelf: () => true });
  return args.find(isLayer) ?? native(name, ([given = UNDEFINED]) => given);
};

const ofSides: Call = (at, name, args) => {
  const [module = '', method = ''] = name.split('.');
  const made = constructors[name]?.(at, args);
  const own = SIDED[module]?.[method];
  return made ?? (own && operated(at, own, { args, isSelf: isSides }));
};

function isSides(value: Value): boolean {
  return value.kind === 'choice' ? isSides(value.yes) || isSides(value.no) : isSided(value);
}

const DATA = /^Data\.(struct|array|tuple|case)$/;

function called(at: At, name: string, args: readonly Value[]): Value | undefined {
  const [module = '', method = ''] = name.split('.');
  if (name === 'pipe') return piped(at, args[0] ?? UNDEFINED, args.slice(1));
  if (name === 'flow') return flow(at, args);
  const made = CLASSES[name]?.(at, args);
  if (made) return made;
  if (DATA.test(name)) return args[0];
  switch (module) {
    case 'Effect':
      return ofEffect(at, method, args);
    case 'Layer':
    case 'Context':
    case 'ServiceMap':
      return ofLayer(at, name.replace('ServiceMap', 'Context'), args);
    case 'ManagedRuntime':
      return method === 'make' ? managedRuntime(at, args[0] ?? UNDEFINED) : undefined;
    case 'Runtime':
      return runtimeRunner(at, method, args);
    default:
      return ofSides(at, name, args) ?? unknown(textOf(at.node));
  }
}

const CONSTANTS: Readonly<Record<string, (machine: Machine) => Value>> = {
  'Effect.void': (machine) => succeed(machine, UNDEFINED),
  'Effect.unit': (machine) => succeed(machine, UNDEFINED),
  'Effect.Do': (machine) => succeed(machine, UNDEFINED),
  'Layer.empty': (machine) => layer(machine, () => new Map()),
  'Runtime.FiberFailureCauseId': () => literal(FAILURE_CAUSE),
  ...PLAIN_CLASSES,
};

const MODULES = [
  ...['Effect', 'Layer', 'Context', 'ServiceMap', 'Data', 'Schema'],
  ...['Option', 'Either', 'Result', 'Exit', 'Cause', 'Runtime', 'ManagedRuntime'],
];

/**
 * Effect: code as awaited code. What an effect fails with is thrown where it runs, and stays apart from what is thrown
 * otherwise; what it needs is there where it is provided.
 */
export const effect = {
  name: 'effect',
  from: /^effect(\/Function)?$/,
  call: (machine, { name, args, node }) => called({ machine, node }, name, args),
  constant: (machine, name) => CONSTANTS[name]?.(machine),
} satisfies LibraryReader;

/** The packages made for it, none of which is read. */
export const effectPackages = {
  name: '@effect/*',
  from: /^@effect\//,
  call: (machine, { name, args, node }) => unread({ machine, node }, name, args),
} satisfies LibraryReader;

/** Its modules as packages of their own: `import * as Effect from 'effect/Effect'`. */
export const effectModules: readonly LibraryReader[] = MODULES.map((module) => ({
  name: `effect/${module}`,
  from: new RegExp(`^effect/${module}$`),
  call: (machine, { name, args, node }) => called({ machine, node }, `${module}.${name}`, args),
  constant: (machine, name) => CONSTANTS[`${module}.${name}`]?.(machine),
}));
