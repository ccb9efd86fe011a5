import type { Op } from '../../condition/condition.ts';
import { TURNED } from './compare.ts';
import { withWords } from './error-words.ts';
import { FALSE, type Formula, not, TRUE } from './formula.ts';
import { isFilledText } from './made.ts';
import type { Value } from './values.ts';

/** How two values compare where what kind they are of says it. */
export function comparedByKind(left: Value, op: Op, right: Value): Formula | undefined {
  return (
    sameInstance(left, op, right) ??
    withFunction(left, op, right) ??
    withFunction(right, op, left) ??
    withObject(left, op, right) ??
    withObject(right, op, left) ??
    withWords(left, op, right) ??
    withWords(right, op, left) ??
    testComparison(left, op, right) ??
    testComparison(right, op, left) ??
    withEmpty(left, op, right) ??
    withEmpty(right, op, left) ??
    belowLeast(left, op, right) ??
    belowLeast(right, TURNED[op] ?? op, left)
  );
}

function testComparison(left: Value, op: Op, right: Value): Formula | undefined {
  if (left.kind !== 'test' || right.kind !== 'term' || right.term.kind !== 'literal')
    return undefined;
  const said = right.term.value;
  if (typeof said !== 'boolean') return op === '=' ? FALSE : op === '!=' ? TRUE : undefined;
  if (op !== '=' && op !== '!=') return undefined;
  return said === (op === '=') ? left.formula : not(left.formula);
}

/** An object is itself, and none of another class. */
function sameInstance(left: Value, op: Op, right: Value): Formula | undefined {
  if (left.kind !== 'instance' || right.kind !== 'instance' || (op !== '=' && op !== '!=')) {
    return undefined;
  }
  const isSame = left.fields === right.fields;
  if (!isSame && left.ancestry[0] === right.ancestry[0]) return undefined;
  return isSame === (op === '=') ? TRUE : FALSE;
}

/** A function or an object is no text, number or flag. */
function withObject(left: Value, op: Op, right: Value): Formula | undefined {
  const isPlain = right.kind === 'term' && right.term.kind === 'literal';
  if (!isPlain || !OBJECTS.has(left.kind)) return undefined;
  return op === '=' ? FALSE : op === '!=' ? TRUE : undefined;
}

const OBJECTS: ReadonlySet<Value['kind']> = new Set(['closure', 'class', 'object', 'instance']);

/** A function or a class is nothing that the data or the request holds. */
function withFunction(left: Value, op: Op, right: Value): Formula | undefined {
  const isFunction = left.kind === 'closure' || left.kind === 'class';
  if (!isFunction || !DATA.has(right.kind)) return undefined;
  return op === '=' ? FALSE : op === '!=' ? TRUE : undefined;
}

const DATA: ReadonlySet<Value['kind']> = new Set(['row', 'list', 'array', 'object', 'term']);

/** A text with something in it is never the empty one. */
function withEmpty(left: Value, op: Op, right: Value): Formula | undefined {
  const isEmpty = right.kind === 'term' && right.term.kind === 'literal' && right.term.value === '';
  if (!isEmpty || !isFilledText(left)) return undefined;
  return op === '=' ? FALSE : op === '!=' ? TRUE : undefined;
}

/** A number beside one that is less than the least it can be. */
function belowLeast(left: Value, op: Op, right: Value): Formula | undefined {
  if (left.kind !== 'term' || left.term.kind !== 'call') return undefined;
  const least = left.type.schema?.['minimum'];
  const said = right.kind === 'term' && right.term.kind === 'literal' ? right.term.value : null;
  if (typeof least !== 'number' || typeof said !== 'number' || said >= least) return undefined;
  if (op === '=' || op === '<' || op === '<=') return FALSE;
  return op === '!=' || op === '>' || op === '>=' ? TRUE : undefined;
}
