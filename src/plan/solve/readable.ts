import { isKnownCall } from './calls.ts';
import { type Expr, walkExpr } from './formula.ts';

/** Whether a value can be told from what the solver chooses: hashes and random values can't. */
export function isReadable(expr: Expr): boolean {
  let readable = true;
  walkExpr(expr, (part) => {
    if (part.kind === 'unknown') readable = false;
    if (part.kind === 'call' && !isKnownCall(part.fn)) readable = false;
  });
  return readable;
}
