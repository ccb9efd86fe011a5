import { type Finding, finding } from '../../kernel/finding.ts';
import { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import { placeAt, textOf } from './source.ts';
import { UNDEFINED, type Value } from './values.ts';

/** An `async` function, of which every call gives a promise. */
export function isAsync(node: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) ?? false;
}

/** `promise.then(…)` and its kin. */
export function isChained({ expression, arguments: args }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    /^(then|catch|finally)$/.test(expression.name.text) &&
    args.length > 0
  );
}

/**
 * Whether an error that nothing in the app catches is the rejection of a promise that its framework does not look at:
 * then no error handler is asked, and nobody answers.
 */
export function isUnheard(machine: Machine): boolean {
  const {
    frames,
    endpoint: { semantics },
  } = machine;
  const arrives = frames.findLastIndex(({ kind }) => kind === 'request');
  const request = frames[arrives];
  if (request?.kind === 'request' && request.unheard) return true;
  if (!semantics.leavesRejections?.(machine) || (request?.kind === 'request' && request.awaited))
    return false;
  return frames
    .slice(arrives + 1)
    .some((frame) => frame.kind === 'function' && isRejecting(frame.node));
}

function isRejecting(node: ts.Node): boolean {
  return isAsync(node) || (ts.isCallExpression(node.parent) && isChained(node.parent));
}

/** Runs what somebody waits for, and hands its rejection to the error handlers. */
export function awaited<T>({ frames }: Machine, work: () => T): T {
  frames.push({ kind: 'request', awaited: true });
  const found = work();
  frames.pop();
  return found;
}

/** Calls a function whose promise, where it gives one, nobody takes: a callback of who looks at nothing that it gives. */
export function calledUnheard(
  machine: Machine,
  fn: Value,
  { args, node }: { readonly args: readonly Value[]; readonly node: ts.Node },
): Value {
  const { frames } = machine;
  if (fn.kind !== 'closure' || !isAsync(fn.node) || frames.length === 0)
    return machine.call(fn, args, node);
  frames.push({ kind: 'request', unheard: true });
  machine.call(fn, args, node);
  frames.pop();
  return UNDEFINED;
}

/** Says once of an endpoint where an error of it is unheard: the same for all that it is the same for. */
export function noteUnheard({ findings }: Machine, node: ts.Node): void {
  if (findings.some(({ code }) => code === UNANSWERED)) return;
  const { file, line } = placeAt(node);
  const facts = { text: textOf(node, 80) };
  findings.push(finding(UNANSWERED, { severity: 'warning', file, line, facts }));
}

const UNANSWERED: Finding['code'] = 'model.unansweredError';
