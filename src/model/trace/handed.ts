import { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import { textOf } from './source.ts';
import { type Special, UNDEFINED, unknown, type Value } from './values.ts';

/** Code we can't see that is given `next` lets the request pass; one that is to fill the response answers by it. */
export function handOn(machine: Machine, args: readonly Value[], node: ts.Node): void {
  if (!passOn(machine, args, node)) fill(args, node);
}

/** What `next` gives where it is among what was given, be it the app's own behind a request and a response. */
export function passOn(machine: Machine, args: readonly Value[], node: ts.Node): Value | undefined {
  const next = args.find((arg) => arg.kind === 'special' && arg.name === 'next');
  if (next?.kind === 'special') return next.call?.([], node) ?? UNDEFINED;
  const [request, response, own] = args;
  const isMiddleware =
    request?.kind === 'special' && response?.kind === 'special' && response.answer !== undefined;
  if (!isMiddleware || own?.kind !== 'closure') return undefined;
  const failed = own.node.parameters.length > 0 ? [unknown(`${textOf(node, 80)} fails`)] : [];
  return machine.call(own, failed, node);
}

export function fill(args: readonly Value[], node: ts.Node, name = calledName(node)): void {
  if (FILLING.test(name)) args.map(responseIn).find(Boolean)?.answer?.(node);
}

/** `stream.pipe(res)`, `pipeline(stream, res)`, `result.pipeTextStreamToResponse(res)`, `toNodeHandler(auth)(req, res)`. */
const FILLING =
  /^(pipe|pump)(?![a-z])|^pipeline$|^(handle|handler|handleRequest|serve|web)$|(Handler|ToResponse)$/;

function calledName(node: ts.Node): string {
  if (!ts.isCallExpression(node)) return '';
  const { expression } = node;
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : calledName(expression);
}

/** A response among what was given, or in an object of options. */
function responseIn(value: Value): Special | undefined {
  if (value.kind === 'special') return value.answer ? value : undefined;
  if (value.kind !== 'object') return undefined;
  return [...value.fields.value.values()].find(
    (field): field is Special => field.kind === 'special' && field.answer !== undefined,
  );
}
