import type { Call, Machine, Value } from './value.ts';

type List = Value & { kind: 'list' };

/** A list's items in their order; as they are where not every two are known to compare. */
export function sorted(machine: Machine, { items, open }: List, call: Call): Value[] {
  const [compare] = call.args;
  let known = !open.value;
  const inOrder = items.toSorted((one, other) => {
    const order = compare
      ? orderOf(machine.apply(compare, { ...call, args: [one, other], isNew: false }))
      : byText(one, other);
    known &&= order !== undefined;
    return order ?? 0;
  });
  return known ? inOrder : [...items];
}

function orderOf(value: Value): number | undefined {
  if (value.kind !== 'literal' || typeof value.value === 'string') return undefined;
  return Number(value.value);
}

function byText(one: Value, other: Value): number | undefined {
  if (one.kind !== 'literal' || other.kind !== 'literal') return undefined;
  const [left, right] = [String(one.value), String(other.value)];
  return left < right ? -1 : Number(left > right);
}
