import { ts } from '../../kernel/syntax.ts';
import { textOf } from './source.ts';
import type { Value } from './values.ts';

/** Whether `value[Symbol.iterator]` is asked of a function, or of a class that does not say how it is gone through. */
export function lacksIterator(value: Value, node: ts.Node): boolean {
  if (!ts.isElementAccessExpression(node)) return false;
  if (textOf(node.argumentExpression) !== 'Symbol.iterator') return false;
  if (value.kind === 'closure') return true;
  return value.kind === 'class' && !value.node.getText().includes('Symbol.iterator');
}
