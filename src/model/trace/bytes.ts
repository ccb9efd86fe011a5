import type { ts } from '../../kernel/syntax.ts';
import { textOf } from './source.ts';
import { overChoice, termsIn } from './terms.ts';
import { literal, literalOf, unknown, type Value } from './values.ts';

const made = new WeakSet<Value>();

/** A value as bytes: they say the same, but are of another type. */
export function bytesOf(value: Value): Value {
  return overChoice(value, (each) => {
    if (!/^(term|object|array)$/.test(each.kind)) return each;
    const bytes = { ...each };
    made.add(bytes);
    return bytes;
  });
}

export function isBytes(value: Value): boolean {
  return made.has(value);
}

/** `ArrayBuffer.isView(value)`. */
export function isView(value: Value, node: ts.Node): Value {
  return overChoice(value, (each) => {
    if (isBytes(each)) return literal(true);
    const isTold =
      literalOf(each) !== undefined || /^(undefined|object|array|jsx)$/.test(each.kind);
    return isTold ? literal(false) : unknown(textOf(node), termsIn(each));
  });
}

/** Classes of bytes that are the same as those that encoders and buffers give. */
export function isBytesClass(name: string): boolean {
  return /^(Uint8Array|Buffer)$/.test(name);
}
