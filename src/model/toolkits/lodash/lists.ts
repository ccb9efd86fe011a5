import type { ts } from '../../../kernel/syntax.ts';
import { all, not } from '../../trace/formula.ts';
import { handOn } from '../../trace/handed.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { termsIn, truthValue } from '../../trace/terms.ts';
import { compareValues } from '../../trace/truth.ts';
import { native, stringOf, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import type { Helper } from '../lodash.ts';

const same = native('identity', ([value = UNDEFINED]) => value);

/** Functions of lists: the language's methods, with names and patterns in place of functions. */
export const LISTS: Readonly<Record<string, Helper>> = {
  ...named('some', ['some', 'any']),
  ...named('every', ['every', 'all']),
  ...named('map', ['map', 'collect', 'flatMap']),
  ...named('filter', ['filter', 'select', 'where']),
  ...named('find', ['find', 'detect', 'findWhere']),
  ...named('findIndex', ['findIndex']),
  ...named('forEach', ['each', 'forEach']),
  ...plain('includes', ['includes', 'contains', 'include']),
  ...plain('indexOf', ['indexOf']),
  ...plain('concat', ['concat']),
  ...plain('join', ['join']),
  reduce: (machine, [list = UNDEFINED, ...args], node) =>
    onList(machine, list, { name: 'reduce', args, node }),
  pluck: (machine, [list = UNDEFINED, ...args], node) =>
    onList(machine, list, { name: 'map', args: args.map((each) => visitor(machine, each)), node }),
  reject: (machine, [list = UNDEFINED, test], node) => {
    const keeps = visitor(machine, test);
    const opposite = native('reject', (args, at) =>
      truthValue(not(machine.truth(machine.call(keeps, args, at), at))),
    );
    return onList(machine, list, { name: 'filter', args: [opposite], node });
  },
  compact: (machine, [list = UNDEFINED], node) =>
    onList(machine, list, { name: 'filter', args: [same], node }),
  ...parts((machine, list, node) => machine.get(list, 'length', node), ['size']),
  ...parts((machine, list, node) => machine.get(list, '0', node), ['first', 'head']),
  // What puts a list in another order, or takes what is there twice out of it, leaves what there is.
  ...parts((_, list) => list, ['sortBy', 'orderBy', 'uniq', 'unique', 'uniqBy', 'shuffle']),
};

interface Called {
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** A method that is given what to do with each item; its names here. */
function named(method: string, names: readonly string[]): Record<string, Helper> {
  return byName(names, (machine, [list = UNDEFINED, test], node) =>
    onList(machine, list, { name: method, args: [visitor(machine, test)], node }),
  );
}

/** A method that is given values. */
function plain(method: string, names: readonly string[]): Record<string, Helper> {
  return byName(names, (machine, [list = UNDEFINED, ...args], node) =>
    onList(machine, list, { name: method, args, node }),
  );
}

/** What is taken of a list as it is. */
function parts(
  part: (machine: Machine, list: Value, node: ts.Node) => Value,
  names: readonly string[],
): Record<string, Helper> {
  return byName(names, (machine, [list = UNDEFINED], node) =>
    isList(list) ? part(machine, list, node) : unknown(textOf(node), termsIn(list)),
  );
}

function byName(names: readonly string[], helper: Helper): Record<string, Helper> {
  return Object.fromEntries(names.map((name) => [name, helper]));
}

/** Of anything but a list nobody knows what comes of it: nothing is thrown. */
function onList(machine: Machine, list: Value, { name, args, node }: Called): Value {
  if (isList(list)) return machine.invoke(list, { name, args }, node);
  handOn(machine, args, node);
  return unknown(textOf(node), termsIn(list));
}

function isList({ kind }: Value): boolean {
  return kind === 'array' || kind === 'list';
}

/** `'name'` takes a property, `{ name: value }` asks for some; nothing takes the item itself. */
function visitor(machine: Machine, given: Value = UNDEFINED): Value {
  if (given.kind === 'undefined') return same;
  const name = stringOf(given);
  if (name !== undefined)
    return native(name, ([item = UNDEFINED], at) => machine.get(item, name, at));
  if (given.kind !== 'object') return given;
  return native('matches', ([item = UNDEFINED], at) =>
    truthValue(
      all(
        [...given.fields.value].map(([field, right]) =>
          compareValues({ left: machine.get(item, field, at), op: '=', right }, at),
        ),
      ),
    ),
  );
}
