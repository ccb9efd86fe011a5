import type { ts } from '../../kernel/syntax.ts';
import { parentOf } from './classes.ts';
import type { Machine } from './machine.ts';
import { memberFor } from './members.ts';
import { classOfRow } from './row-members.ts';
import { textOf } from './source.ts';
import { termsIn } from './terms.ts';
import { type ClassValue, UNDEFINED, unknown, type Value } from './values.ts';

/** `Object.getPrototypeOf(value)`: what an object has of its class, and what a class extends. */
export function prototypeFor(machine: Machine, self: Value, node: ts.Node): Value {
  const type = classOf(machine, self);
  if (type) return { kind: 'special', name: 'prototype', get: (name) => inherited(name, type) };
  const parent = self.kind === 'class' ? parentOf(machine, self) : undefined;
  return parent ?? unknown(textOf(node), termsIn(self));

  function inherited(name: string, of: ClassValue): Value {
    if (name === 'constructor') return of;
    return memberFor(machine, of, { name, self }) ?? UNDEFINED;
  }
}

function classOf(machine: Machine, value: Value): ClassValue | undefined {
  if (value.kind === 'row') return classOfRow(machine, value);
  return value.kind === 'instance' ? (value.of ?? undefined) : undefined;
}
