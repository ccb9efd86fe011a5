import type { LibraryReader } from '../reader.ts';
import { not } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { truthValue } from '../trace/terms.ts';
import { native, UNDEFINED, type Value } from '../trace/values.ts';
import { flow, piped } from './effect/pipe.ts';
import { type At, call } from './effect/run.ts';
import { EITHER, isOk, type Kind, no, OPTION } from './effect/sided.ts';
import { constructed } from './fp-ts/constructors.ts';
import { operated, PLAIN } from './fp-ts/operators.ts';
import { AT_ONCE, LATER, type Way } from './fp-ts/way.ts';

type Call = (at: At, name: string, args: readonly Value[]) => Value | undefined;

const ofKind =
  (kind: Kind, way: Way): Call =>
  (at, name, args) => {
    const [self = UNDEFINED] = args;
    if (name === `is${kind.ok[0]}` || name === `is${kind.no[0]}`) {
      const ok = isOk(self);
      return ok && truthValue(name === `is${kind.ok[0]}` ? ok : not(ok));
    }
    const plain = name.replace(/W$/, '');
    const made = constructed(plain, { at, kind, way }, args);
    if (made) return made;
    const own = operated(plain, { kind, way }, PLAIN.test(plain) ? [] : args);
    if (!own) return undefined;
    if (PLAIN.test(plain)) return own(at, self);
    // Newer operators take what they work on first as well.
    if (isOk(self)) return operated(plain, { kind, way }, args.slice(1))?.(at, self);
    return native(name, ([given = UNDEFINED], node) => own({ machine: at.machine, node }, given));
  };

const ofTask: Call = (at, name, args) => {
  const [first = UNDEFINED] = args;
  const after = (work: (at: At, value: Value) => Value) =>
    native(name, ([task = UNDEFINED], node) =>
      LATER.made({ machine: at.machine, node }, (inner) => work(inner, LATER.run(inner, task))),
    );
  switch (name) {
    case 'of':
      return LATER.made(at, () => first);
    case 'map':
      return after((inner, value) => call(inner, first, [value]));
    case 'chain':
    case 'flatMap':
      return after((inner, value) => LATER.run(inner, call(inner, first, [value])));
    default:
      return undefined;
  }
};

const functions: Call = (at, name, args) => {
  const [first = UNDEFINED, ...rest] = args;
  switch (name) {
    case 'pipe':
      return piped(at, first, rest);
    case 'flow':
      return flow(at, args);
    case 'identity':
      return first;
    case 'constant':
      return native(name, () => first);
    default:
      return undefined;
  }
};

const MODULES: Readonly<Record<string, Call>> = {
  Either: ofKind(EITHER, AT_ONCE),
  Option: ofKind(OPTION, AT_ONCE),
  TaskEither: ofKind(EITHER, LATER),
  TaskOption: ofKind(OPTION, LATER),
  IOEither: ofKind(EITHER, LATER),
  Task: ofTask,
  IO: ofTask,
  function: functions,
};

function constant(machine: Machine, name: string): Value | undefined {
  if (name === 'Option.none') return no({ machine }, OPTION);
  return name === 'TaskOption.none' ? native('none', () => no({ machine }, OPTION)) : undefined;
}

/** fp-ts: values of two sides, there at once or when the function that stands for them is called. */
export const fpTs = {
  name: 'fp-ts',
  from: /^fp-ts$/,
  call: (machine, { name, args, node }) => {
    const [module = '', method = ''] = name.split('.');
    return MODULES[moduleOf(module)]?.({ machine, node }, method, args);
  },
  constant: (machine, name) => {
    const [module = '', method = ''] = name.split('.');
    return constant(machine, `${moduleOf(module)}.${method}`);
  },
} satisfies LibraryReader;

/** `import { either, taskEither } from 'fp-ts'`. */
function moduleOf(name: string): string {
  return Object.keys(MODULES).find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
}

/** Its modules by themselves: `import * as E from 'fp-ts/Either'`. */
export const fpTsModules: readonly LibraryReader[] = Object.entries(MODULES).map(
  ([module, called]) => ({
    name: `fp-ts/${module}`,
    from: new RegExp(`^fp-ts/(?:(?:lib|es6)/)?${module}(?:\\.js)?$`),
    call: (machine, { name, args, node }) => called({ machine, node }, name, args),
    constant: (machine, name) => constant(machine, `${module}.${name}`),
  }),
);
