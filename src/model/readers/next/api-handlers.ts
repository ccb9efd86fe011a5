import type { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics, Registered } from '../../reader.ts';
import { ended } from '../../trace/chain.ts';
import { builtIn } from '../../trace/classes.ts';
import { enter, exitHere } from '../../trace/closures.ts';
import { mayThrow } from '../../trace/errors.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { placeAt } from '../../trace/source.ts';
import { literal, type Value } from '../../trace/values.ts';
import { responseOf } from '../express/response.ts';
import { apiRequest } from './asked.ts';
import { type Around, behindMiddleware, library } from './handlers.ts';

export interface Parsing extends Around {
  /** The body is parsed before the handler is called. */
  readonly parses: boolean;
}

/** API routes of the pages router: `(req, res)`, answered through `res`. */
export function apiHandlers(around: Parsing): HandlerSemantics {
  return {
    ...library,
    bodiless: ({ endpoint }) =>
      around.parses && sendsBody(endpoint.method) ? 'invalid' : undefined,
    step: (machine, step, then) => {
      const work = () => called(machine, step.registered, around);
      behindMiddleware(machine, step, { around, then, work });
    },
    unhandled: (_, { value, node }) => {
      if (!isUnparsed(value)) return undefined;
      return makeResponse(node, { status: literal(400) }).response;
    },
  };
}

function called(machine: Machine, registered: Registered, { parses }: Parsing): void {
  const node = registered.expression;
  const value = machine.standing(registered);
  const args = [apiRequest(machine), responseOf(machine, 307)];
  if (parses) parsed(machine, node);
  if (value.kind === 'closure') enter(machine, value, { args, node });
  else ended(machine, [exitHere(machine, value, { node, mark: 0 })], true);
}

function sendsBody(method: string): boolean {
  return !/^(GET|HEAD|ALL|DELETE|OPTIONS)$/.test(method);
}

/** A body that is no JSON is refused before the handler runs. */
export function parsed(machine: Machine, node: ts.Node): void {
  if (!sendsBody(machine.endpoint.method)) return;
  const at = placeAt(node);
  const when = atom({ kind: 'input', is: 'malformed', at, from: 'body', path: [] });
  mayThrow(machine, { when, value: builtIn(['NextApiError', 'Error'], []) }, node);
}

/** Whether an error says that a body is no JSON. */
export function isUnparsed(error: Value): boolean {
  return error.kind === 'instance' && error.ancestry[0] === 'NextApiError';
}
