import { ts } from '../../../kernel/syntax.ts';
import type { Call, Value } from '../../static/value.ts';
import { entryOf } from '../../static/value.ts';
import { limitOf, type Scope } from './scopes.ts';

/** `@fastify/rate-limit` counts requests for routes that are registered behind it. */
export function limit(scope: Scope, call: Call, pending: (() => void)[]): void {
  const isGlobal = entryOf(call.args[1], 'global');
  const added = () => {
    scope.limit = { all: isGlobal?.kind !== 'literal' || isGlobal.value !== false };
  };
  if (call.node.parent && ts.isAwaitExpression(call.node.parent)) added();
  else pending.push(added);
}

export function isRateLimit(value: Value | undefined): boolean {
  return (
    value?.kind === 'package' && /^(@fastify\/rate-limit|fastify-rate-limit)$/.test(value.package)
  );
}

/** Whether a route is limited: as its own `config.rateLimit` says, else as all are. */
export function isLimited(scope: Scope, options: Value | undefined): boolean {
  const limit = limitOf(scope);
  const own = entryOf(entryOf(options, 'config'), 'rateLimit');
  if (!limit || (own?.kind === 'literal' && own.value === false)) return false;
  return limit.all || (own !== undefined && !(own.kind === 'literal' && own.value === undefined));
}
