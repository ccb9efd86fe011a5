import type { ts } from '../../../kernel/syntax.ts';
import { headerOf } from '../../readers/request-parts.ts';
import { builtIn } from '../../trace/classes.ts';
import type { Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { object, overChoice } from '../../trace/terms.ts';
import { compareValues } from '../../trace/truth.ts';
import { input, literal, literalOf, UNDEFINED, unknown, type Value } from '../../trace/values.ts';

/** A request as the server is handed it, and what the server was made with. */
export interface Upload {
  readonly options: Value;
  readonly request: Value;
  readonly response: Value;
  readonly node: ts.Node;
  /** From version 2 on callbacks are given a web request, and no response. */
  readonly web: boolean;
}

/** A header that the request does not carry. */
export function absent(machine: Machine, name: string, node: ts.Node): Formula {
  return compareValues({ left: headerOf(machine, name), op: '=', right: literal(null) }, node);
}

/** Refuses, as the server's own errors do, where the formula holds. */
export function refuse(
  machine: Machine,
  {
    when,
    status,
    body,
  }: { readonly when: Formula; readonly status: number; readonly body: string },
  node: ts.Node,
): void {
  const error = builtIn(
    ['Error'],
    [
      ['status_code', literal(status)],
      ['body', literal(`${body}\n`)],
      ['message', literal(body)],
    ],
  );
  branch(machine, when, {
    yes: () => machine.throwValue(error, node),
    no: () => undefined,
  });
}

/** Calls an option, where the app gave it; undefined where it did not. */
export function called(
  machine: Machine,
  { options, request, response, node, web }: Upload,
  { name, args, early = [] }: Callback,
): Value | undefined {
  const own = machine.get(options, name, node);
  if (own.kind !== 'closure' || machine.path.dead) return undefined;
  const given = web ? [request, ...early, ...args] : [request, ...early, response, ...args];
  return machine.settle(machine.call(own, given, node), node);
}

interface Callback {
  readonly name: string;
  readonly args: readonly Value[];
  /** What stands before the response, which older versions hand over. */
  readonly early?: readonly Value[];
}

/** The upload as callbacks are given it. */
export function uploadOf(about: { readonly id: Value; readonly metadata: Value }): Value {
  return object([
    ['id', about.id],
    ['size', input('headers', ['upload-length'], { type: 'number' })],
    ['offset', literal(0)],
    ['metadata', about.metadata],
    ['storage', unknown('upload.storage')],
  ]);
}

export interface Said {
  readonly status: Value;
  readonly body: Value;
}

/** What is answered where a callback may say otherwise. */
export function saidBy(
  machine: Machine,
  own: Value,
  { usual, node }: { readonly usual: number; readonly node: ts.Node },
): Said {
  const status = overChoice(own, (each) => {
    const said = each.kind === 'undefined' ? each : machine.get(each, 'status_code', node);
    return typeof literalOf(said) === 'number' ? said : literal(usual);
  });
  const body = overChoice(own, (each) =>
    each.kind === 'object' ? machine.get(each, 'body', node) : UNDEFINED,
  );
  return { status, body };
}
