import { isAsync } from './rejections.ts';
import { object } from './terms.ts';
import { type ClosureValue, literal, type Value } from './values.ts';

/** `fn.constructor`: what functions of its kind are made by. */
export function kindOfFunction(fn: ClosureValue): Value {
  const kind = isGenerator(fn) ? 'GeneratorFunction' : 'Function';
  return object([['name', literal(isAsync(fn.node) ? `Async${kind}` : kind)]]);
}

function isGenerator({ node }: ClosureValue): boolean {
  return 'asteriskToken' in node && node.asteriskToken !== undefined;
}
