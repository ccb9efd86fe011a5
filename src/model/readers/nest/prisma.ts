import type { ts } from '../../../kernel/syntax.ts';
import { respond } from '../../trace/chain.ts';
import type { Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import {
  literal,
  literalOf,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { exceptionAnswer, refusal } from './exceptions.ts';

/** The statuses that nestjs-prisma has for Prisma's errors, unless it is told others. */
const STATUSES: Readonly<Record<string, number>> = { P2000: 400, P2002: 409, P2025: 404 };

/** nestjs-prisma's `new PrismaClientExceptionFilter(adapter, { P2003: 409 })`. */
export function prismaFilter(machine: Machine, told: Value = UNDEFINED): Special {
  return {
    kind: 'special',
    name: 'PrismaClientExceptionFilter',
    invoke: (method, [error = UNDEFINED], node) => {
      if (method !== 'catch') return undefined;
      const status = statusOf(machine, { error, told, node });
      const answer = status && exceptionAnswer(refusal(status, unknown('message')), node);
      const response = answer || { status: literal(500), body: unknown('body') };
      respond(machine, makeResponse(node, response), node);
      return UNDEFINED;
    },
  };
}

/** Whether it is asked about an error at all. */
export function isPrismas(error: Value): boolean {
  return error.kind === 'instance' && error.ancestry.includes('PrismaClientKnownRequestError');
}

function statusOf(
  machine: Machine,
  { error, told, node }: { readonly error: Value; readonly told: Value; readonly node: ts.Node },
): number | undefined {
  const code = stringOf(machine.get(error, 'code', node)) ?? '';
  const said = told.kind === 'object' ? told.fields.value.get(code) : undefined;
  const own = said?.kind === 'object' ? said.fields.value.get('statusCode') : said;
  const status = literalOf(own);
  return typeof status === 'number' ? status : STATUSES[code];
}
