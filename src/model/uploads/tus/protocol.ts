import type { ts } from '../../../kernel/syntax.ts';
import { headerOf } from '../../readers/request-parts.ts';
import { builtIn } from '../../trace/classes.ts';
import type { Formula } from '../../trace/formula.ts';
import { not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { choose, object } from '../../trace/terms.ts';
import { compareValues } from '../../trace/truth.ts';
import {
  input,
  literal,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';

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

/** `Upload-Metadata` as texts by their key; undefined where none is sent. */
export function metadataOf(machine: Machine, node: ts.Node): Value {
  const fields: Special = {
    kind: 'special',
    name: 'upload.metadata',
    get: (name) => input('headers', ['upload-metadata', name], { type: 'string' }),
  };
  return choose(not(absent(machine, 'upload-metadata', node)), fields, UNDEFINED);
}

/** The upload as callbacks are given it. */
export function uploadOf(machine: Machine, { id, node }: { id: Value; node: ts.Node }): Value {
  return object([
    ['id', id],
    ['size', input('headers', ['upload-length'], { type: 'number' })],
    ['offset', literal(0)],
    ['metadata', metadataOf(machine, node)],
    ['storage', unknown('upload.storage')],
  ]);
}
