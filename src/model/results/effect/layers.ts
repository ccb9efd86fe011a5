import { native, UNDEFINED, type Value } from '../../trace/values.ts';
import { type Operator, operator } from './pipe.ts';
import { type At, run } from './run.ts';
import { buildServices, keyName, layer, merged, serviceOf, within } from './services.ts';

type Maker = (at: At, args: readonly Value[]) => Value;

/** `Layer.effect(Key, work)`, or `Layer.effect(Key)(work)`. */
function made(work: (at: At, given: Value) => Value): Maker {
  return (at, [key, given]) => {
    const { machine } = at;
    const of = (value: Value) =>
      layer(machine, (node) => serviceOf(at, [key, work({ machine, node }, value)]));
    return given ? of(given) : native('Layer', ([value = UNDEFINED]) => of(value));
  };
}

const unwrapped: Maker = ({ machine }, [work = UNDEFINED]) =>
  layer(machine, (node) => buildServices({ machine, node }, run({ machine, node }, work)));

const nothing: Maker = ({ machine }) => layer(machine, () => new Map());

/** Functions of `Layer` and `Context`, by name. */
export const LAYERS: Readonly<Record<string, Maker>> = {
  'Layer.succeed': made((_, value) => value),
  'Layer.sync': made(({ machine, node }, thunk) => machine.call(thunk, [], node)),
  'Layer.effect': made(run),
  'Layer.scoped': made(run),
  'Layer.effectDiscard': ({ machine }, [work = UNDEFINED]) =>
    layer(machine, (node) => {
      run({ machine, node }, work);
      return new Map();
    }),
  'Layer.effectContext': unwrapped,
  'Layer.unwrapEffect': unwrapped,
  'Layer.unwrapScoped': unwrapped,
  'Layer.unwrap': unwrapped,
  'Layer.suspend': ({ machine }, [thunk = UNDEFINED]) =>
    layer(machine, (node) => buildServices({ machine, node }, machine.call(thunk, [], node))),
  'Layer.mergeAll': ({ machine }, all) =>
    layer(machine, (node) => merged(all.map((each) => buildServices({ machine, node }, each)))),
  'Context.empty': nothing,
  'Context.make': (at, args) => layer(at.machine, () => serviceOf(at, args)),
};

/** Operators on layers and contexts, by name. */
export const LAYER_OPERATORS: Readonly<Record<string, Operator>> = {
  'Layer.provide': operator(2, ({ machine }, self, [given = UNDEFINED]) =>
    layer(machine, (node) =>
      within(machine, buildServices({ machine, node }, given), () =>
        buildServices({ machine, node }, self),
      ),
    ),
  ),
  'Layer.provideMerge': operator(2, ({ machine }, self, [given = UNDEFINED]) =>
    layer(machine, (node) => {
      const below = buildServices({ machine, node }, given);
      const own = within(machine, below, () => buildServices({ machine, node }, self));
      return merged([below, own]);
    }),
  ),
  'Layer.merge': operator(2, ({ machine }, self, [other = UNDEFINED]) =>
    layer(machine, (node) =>
      merged([buildServices({ machine, node }, self), buildServices({ machine, node }, other)]),
    ),
  ),
  'Context.add': operator(3, (at, self, args) =>
    layer(at.machine, () => merged([buildServices(at, self), serviceOf(at, args)])),
  ),
  'Context.merge': operator(2, (at, self, [other = UNDEFINED]) =>
    layer(at.machine, () => merged([buildServices(at, self), buildServices(at, other)])),
  ),
  'Context.get': operator(2, (at, self, [key]) => {
    const name = keyName(at.machine, key);
    return (name === undefined ? undefined : buildServices(at, self).get(name)) ?? UNDEFINED;
  }),
};
