import { ts } from '../../../kernel/syntax.ts';
import { pastLimit } from '../../limits/limit.ts';
import type { Machine } from '../../trace/machine.ts';
import { side } from '../../trace/path.ts';
import { literal, type Special } from '../../trace/values.ts';
import { exception } from './exceptions.ts';
import { handlerOf } from './inject.ts';

/** `@nestjs/throttler`: its guard throws 429 past the limit, and no other ending depends on what it has counted. */
export function throttler(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'ThrottlerGuard',
    invoke: (method, _, node) => {
      if (method !== 'canActivate') return undefined;
      const said = literal('ThrottlerException: Too Many Requests');
      const error = exception('ThrottlerException', [said]);
      if (error && !isSkipped(machine))
        side(machine, pastLimit('@nestjs/throttler', node), () => machine.throwValue(error, node));
      return literal(true);
    },
  };
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
