import { ts } from '../../../kernel/syntax.ts';
import { pastLimit } from '../../limits/limit.ts';
import { FALSE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { memberOf } from '../../trace/members.ts';
import { branch, side } from '../../trace/path.ts';
import { literal, type Special, type Value } from '../../trace/values.ts';
import { contextOf } from './context.ts';
import { exception } from './exceptions.ts';
import { runningGuard } from './guards.ts';
import { handlerOf } from './inject.ts';
import { requestOf } from './request.ts';

/** `@nestjs/throttler`: its guard throws 429 past the limit, and no other ending depends on what it has counted. */
export function throttler(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'ThrottlerGuard',
    invoke: (method, _, node) => {
      if (method !== 'canActivate') return undefined;
      const said = literal('ThrottlerException: Too Many Requests');
      const error = exception('ThrottlerException', [said]);
      if (!error || isSkipped(machine)) return literal(true);
      const skips = own(machine, { name: 'shouldSkip', args: [contextOf(machine)] }, node);
      branch(machine, skips ? machine.truth(skips, node) : FALSE, {
        yes: () => undefined,
        no: () => {
          own(machine, { name: 'getTracker', args: [requestOf(machine)] }, node);
          side(machine, pastLimit('@nestjs/throttler', node), () => {
            own(machine, { name: 'throwThrottlingException', args: [contextOf(machine)] }, node);
            if (!machine.path.dead) machine.throwValue(error, node);
          });
        },
      });
      return literal(true);
    },
  };
}

/** What the app's guard has written itself of what the library's would do; undefined where it inherits that. */
function own(
  machine: Machine,
  { name, args }: { readonly name: string; readonly args: readonly Value[] },
  node: ts.Node,
): Value | undefined {
  const guard = runningGuard(machine);
  const method = guard && memberOf(machine, guard, name);
  return guard && method?.kind === 'closure'
    ? machine.settle(machine.invoke(guard, { name, args }, node), node)
    : undefined;
}

/** `@SkipThrottle()` on the handler, or on its controller unless the handler takes it back. */
function isSkipped(machine: Machine): boolean {
  const handler = handlerOf(machine);
  if (!handler) return false;
  return skipped(handler.method) ?? skipped(handler.controller.node) ?? false;
}

function skipped(node: ts.Node): boolean | undefined {
  const [found] = (ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : []).filter(
    ({ expression }) => /^SkipThrottle\(/.test(expression.getText()),
  );
  return found && !/\bfalse\b/.test(found.expression.getText());
}
