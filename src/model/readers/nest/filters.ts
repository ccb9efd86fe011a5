import { ts } from '../../../kernel/syntax.ts';
import type { Raised, Registered } from '../../reader.ts';
import { respond } from '../../trace/chain.ts';
import { enter } from '../../trace/closures.ts';
import { fileScope } from '../../trace/environment.ts';
import { className } from '../../trace/instance-of.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { memberOf } from '../../trace/members.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import {
  type InstanceValue,
  literal,
  native,
  type Special,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { contextOf } from './context.ts';
import { enhanced } from './enhancers.ts';
import { asException, exceptionAnswer } from './exceptions.ts';
import { isPrismas } from './prisma.ts';
import { stepOf } from './steps.ts';

/** The first filter that catches such an error answers it; null where none does, or none can be followed. */
export function recover(
  machine: Machine,
  registered: Registered,
  { value: raised, node }: Raised,
): readonly Exit[] | null {
  const value = asException(raised);
  const handler = stepOf(registered)?.handler;
  for (const each of handler?.filters ?? []) {
    const filter = enhanced(machine, each);
    if (filter.kind === 'special' && isPrismas(value)) {
      filter.invoke?.('catch', [value], node);
      return [];
    }
    if (filter.kind !== 'instance' || !catches(machine, filter, value)) continue;
    const method = memberOf(machine, filter, 'catch');
    if (method?.kind !== 'closure') return null;
    const before = machine.endings.length;
    const raised = machine.thrown.length;
    const args = [value, contextOf(machine)];
    enter(machine, method, { args, node, self: filter });
    return machine.endings.length + machine.thrown.length > before + raised ? [] : null;
  }
  return null;
}

/** Whether a filter's `@Catch(…)` names the error's class, or none at all. */
function catches(machine: Machine, { of }: InstanceValue, error: Value): boolean {
  const types = of && caughtBy(of.node);
  if (!of || !types) return false;
  if (types.length === 0) return true;
  const scope = fileScope(of.node.getSourceFile().fileName);
  const names = types.map((each) => className(machine.evaluate(each, scope)) ?? each.getText());
  return error.kind === 'instance' && names.some((name) => error.ancestry.includes(name));
}

function caughtBy(node: ts.ClassLikeDeclaration): readonly ts.Expression[] | undefined {
  if (!ts.canHaveDecorators(node)) return undefined;
  for (const { expression } of ts.getDecorators(node) ?? [])
    if (ts.isCallExpression(expression) && expression.expression.getText() === 'Catch')
      return expression.arguments;
  return undefined;
}

/** What a filter inherits from `BaseExceptionFilter`: Nest's own answer. */
export function baseFilter(machine: Machine): Special {
  // A field, since a method of this name is taken for a promise's.
  const handle = native('catch', ([error = UNDEFINED], node) => {
    respond(machine, makeResponse(node, ownAnswer(error, node)), node);
    return UNDEFINED;
  });
  return {
    kind: 'special',
    name: 'BaseExceptionFilter',
    get: (name) => {
      if (name === 'catch') return handle;
      return name === 'httpAdapter' ? adapterOf(machine) : undefined;
    },
    invoke: () => undefined,
  };
}

function ownAnswer(error: Value, node: ts.Node) {
  const status = literal(500);
  const message = literal('Internal server error');
  return (
    exceptionAnswer(error, node) ?? {
      status,
      body: object([
        ['statusCode', status],
        ['message', message],
      ]),
    }
  );
}

/** `httpAdapter.reply(response, body, status)`. */
export function adapterOf(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'HttpAdapter',
    invoke: (method, [, body = UNDEFINED, status], node) => {
      if (method !== 'reply') return UNDEFINED;
      const said =
        status ?? (machine.status.value.kind === 'undefined' ? null : machine.status.value);
      respond(machine, makeResponse(node, { body, status: said }), node);
      return UNDEFINED;
    },
  };
}
