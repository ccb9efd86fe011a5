import type { ts } from '../../kernel/syntax.ts';
import { some } from './formula.ts';
import type { Machine } from './machine.ts';
import { memberOf } from './members.ts';
import { textOf } from './source.ts';
import { overChoice, termsIn, truthValue, WRITTEN } from './terms.ts';
import { compareValues, isThere } from './truth.ts';
import { literal, literalOf, unknown, type Value } from './values.ts';

/** `left in right`. */
export function inObject(
  machine: Machine,
  { left, right }: { left: Value; right: Value },
  node: ts.Node,
): Value {
  const name = literalOf(left);
  if (right.kind === 'object' && name !== undefined && !right.open.value) {
    const value = right.fields.value.get(String(name));
    if (!value) return literal(false);
    // Where only some ways have put it there, the others left nothing.
    return overChoice(value, (each) =>
      each.kind === 'unknown' ? literal(true) : truthValue(isThere(each, node)),
    );
  }
  if (right.kind === 'object' && left.kind === 'term' && !right.open.value) {
    const names = [...right.fields.value.keys()];
    if (names.length < WRITTEN)
      return truthValue(
        some(names.map((each) => compareValues({ left, op: '=', right: literal(each) }, node))),
      );
  }
  if (/^(special|term)$/.test(right.kind) && name !== undefined) {
    const member = machine.get(right, String(name), node);
    const isSetting = right.kind === 'special' && right.name === 'process.env';
    if (isSetting || isText(member)) return truthValue(isThere(member, node));
  }
  if (right.kind === 'instance' && name !== undefined) {
    const own = right.fields.value.has(String(name));
    return literal(own || memberOf(machine, right, String(name)) !== undefined);
  }
  return unknown(textOf(node), [...termsIn(left), ...termsIn(right)]);
}

/** Part of a request that is a text where it is there at all; a body's may be there as nothing. */
function isText(value: Value): boolean {
  return value.kind === 'term' && value.term.kind === 'input' && value.term.from !== 'body';
}

/** `Object.hasOwn(owner, name)`, and as it was written before. */
export function hasOwn(machine: Machine, [owner, name]: readonly Value[], node: ts.Node): Value {
  if (!owner || !name) return literal(false);
  return overChoice(owner, (each) => {
    const said = literalOf(name);
    if (each.kind === 'instance' && said !== undefined)
      return literal(each.fields.value.has(String(said)));
    return inObject(machine, { left: name, right: each }, node);
  });
}
