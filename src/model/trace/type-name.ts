import type { ts } from '../../kernel/syntax.ts';
import { isBig } from './bits.ts';
import { textOf } from './source.ts';
import { called, termsIn } from './terms.ts';
import { isSegment, isWholePart } from './truth.ts';
import { literal, typed, unknown, type Value } from './values.ts';

/** What `typeof` says of a value that is no choice. */
export function typeName(value: Value, node: ts.Node): Value {
  if (value.kind === 'undefined') return literal('undefined');
  if (value.kind === 'closure' || value.kind === 'class') return literal('function');
  if (isNativeFunction(value)) return literal('function');
  if (isNativeObject(value)) return literal('object');
  if (value.kind === 'term' && ['string', 'number', 'boolean'].includes(value.type.base)) {
    if (isBig(value)) return literal('bigint');
    if (!value.type.nullable && (value.term.kind !== 'input' || isSegment(value)))
      return literal(value.type.base);
  }
  if (['object', 'array', 'instance', 'list'].includes(value.kind)) return literal('object');
  if (value.kind === 'special' && BUILT_INS.test(value.name)) return literal('object');
  if (value.kind === 'term' && isWholePart(value)) return literal('object');
  if (value.kind === 'term') return called('typeof', [value], typed('string'));
  return unknown(textOf(node), termsIn(value));
}

/** What `new` makes of built-in classes, and what the runtime has. */
const BUILT_INS = /^(RegExp|Map|URL|URLSearchParams|process|process\.env|globalThis)$/;

/** A function that is not of the repo, and nothing else beside. */
function isNativeFunction(value: Value): boolean {
  return value.kind === 'special' && !!(value.call ?? value.tag) && !value.get && !value.invoke;
}

/** An object whose methods alone are known. */
function isNativeObject(value: Value): boolean {
  return value.kind === 'special' && !value.call && !value.tag && !!value.invoke;
}
