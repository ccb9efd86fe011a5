import type { Call, Primitive, Value } from './value.ts';
import { either, list, literal, numberOf, truthOf, UNKNOWN } from './value.ts';

type NamedCall = Call & { readonly name: string };
type List = Value & { kind: 'list' };

/** What a question about a list comes to, each item asked as `visit` does; undefined where it is no question. */
export function askedOfList(
  receiver: List,
  call: NamedCall,
  visit: (item: Value, index: number) => Value,
): Value | undefined {
  const truths = () => receiver.items.map((item, index) => truthOf(visit(item, index)));
  switch (call.name) {
    case 'some':
      return oneOf(receiver, truths());
    case 'every':
      return not(oneOf(receiver, truths().map(opposite)));
    case 'find':
      return firstOf(receiver, truths());
    case 'includes':
      return oneOf(
        receiver,
        receiver.items.map((item) => equal(item, call.args[0])),
      );
    case 'at':
      return item(receiver, numberOf(call.args[0]));
    case 'slice':
      return sliced(receiver, call);
    default:
      return undefined;
  }
}

type Truth = boolean | undefined;

function oneOf({ open }: List, truths: readonly Truth[]): Value {
  if (truths.includes(true)) return literal(true);
  return open.value || truths.includes(undefined) ? UNKNOWN : literal(false);
}

function not(value: Value): Value {
  return value.kind === 'literal' ? literal(!value.value) : value;
}

function opposite(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

function firstOf({ items, open }: List, truths: readonly Truth[]): Value {
  const sure = truths.indexOf(true);
  const end = sure < 0 ? items.length : sure + 1;
  const possible = items.slice(0, end).filter((_item, index) => truths[index] !== false);
  const none = open.value ? UNKNOWN : literal(undefined);
  return either(sure < 0 ? [...possible, none] : possible);
}

function equal(item: Value, sought: Value | undefined): Truth {
  if (item.kind !== 'literal' || sought?.kind !== 'literal') return undefined;
  return Object.is(item.value, sought.value);
}

function item({ items, open }: List, index: Primitive): Value {
  if (typeof index !== 'number' || open.value) return UNKNOWN;
  return items.at(index) ?? literal(undefined);
}

function sliced(receiver: List, call: NamedCall): Value | undefined {
  const [from = 0, to] = call.args.map(numberOf);
  const known = call.args.every((arg) => numberOf(arg) !== undefined);
  return known && !receiver.open.value ? list(receiver.items.slice(from, to)) : undefined;
}
