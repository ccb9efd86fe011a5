import type { ts } from '../../../kernel/syntax.ts';
import { not, some } from '../../trace/formula.ts';
import { globalValue } from '../../trace/globals.ts';
import { isUnknown } from '../../trace/in-every-case.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { overChoice, termsIn, truthValue } from '../../trace/terms.ts';
import { compareValues, isThere } from '../../trace/truth.ts';
import { typeName } from '../../trace/type-name.ts';
import { literal, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import type { Helper } from '../lodash.ts';

/** Whether a value is of a kind. */
export const PREDICATES: Readonly<Record<string, Helper>> = {
  isUndefined: nothing,
  isNull: nothing,
  isNil: nothing,
  isString: ofType('string'),
  isNumber: ofType('number'),
  isBoolean: ofType('boolean'),
  isFunction: ofType('function'),
  isArray: (machine, args, node) => languages(machine, ['Array', 'isArray'], { args, node }),
  isNaN: (machine, args, node) => languages(machine, ['isNaN'], { args, node }),
  isFinite: (machine, args, node) => languages(machine, ['isFinite'], { args, node }),
  isInteger: (machine, args, node) => languages(machine, ['Number', 'isInteger'], { args, node }),
  isPlainObject: (_, [value = UNDEFINED], node) =>
    overChoice(value, (each) =>
      each.kind === 'unknown' || each.kind === 'term' || each.kind === 'special'
        ? unknown(textOf(node), termsIn(each))
        : literal(each.kind === 'object'),
    ),
  isEmpty: (machine, [value = UNDEFINED], node) =>
    overChoice(value, (each) => empty(machine, each, node)),
  isEqual: (_, [left = UNDEFINED, right = UNDEFINED], node) => {
    const plain = [left, right].every(({ kind }) => kind === 'term' || kind === 'undefined');
    return plain ? truthValue(compareValues({ left, op: '=', right }, node)) : undefined;
  },
};

/** Undefined and null are one: nothing is there. */
function nothing(_: Machine, [value = UNDEFINED]: readonly Value[], node: ts.Node): Value {
  if (isUnknown(value)) return unknown(textOf(node), termsIn(value));
  return truthValue(not(isThere(value, node)));
}

function ofType(type: string): Helper {
  return (_, [value = UNDEFINED], node) =>
    overChoice(value, (each) =>
      each.kind === 'unknown'
        ? unknown(textOf(node), each.terms)
        : truthValue(
            compareValues({ left: typeName(each, node), op: '=', right: literal(type) }, node),
          ),
    );
}

function languages(
  machine: Machine,
  [owner = '', member]: readonly string[],
  { args, node }: { readonly args: readonly Value[]; readonly node: ts.Node },
): Value | undefined {
  const global = globalValue(machine, owner);
  return global && machine.call(member ? machine.get(global, member, node) : global, args, node);
}

/** Nothing in it: no item, no character, no field; and so is what has none of these. */
function empty(machine: Machine, value: Value, node: ts.Node): Value {
  if (value.kind === 'undefined') return literal(true);
  if (value.kind === 'object')
    return value.open.value && value.fields.value.size === 0
      ? unknown(textOf(node), termsIn(value))
      : literal(value.fields.value.size === 0);
  if (value.kind === 'row') return truthValue(not(isThere(value, node)));
  if (value.kind !== 'term' && value.kind !== 'array' && value.kind !== 'list')
    return unknown(textOf(node), termsIn(value));
  const length = machine.get(value, 'length', node);
  const none = compareValues({ left: length, op: '=', right: literal(0) }, node);
  return truthValue(value.kind === 'term' ? some([not(isThere(value, node)), none]) : none);
}
