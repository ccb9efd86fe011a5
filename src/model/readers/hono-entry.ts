import type { ts } from '../../kernel/syntax.ts';
import type { Declared } from '../reader.ts';
import { registered } from '../static/registered.ts';
import type { Value } from '../static/value.ts';
import { type Entry, type Router, register } from './routing-tree.ts';

/** One call that registers: everything it names runs in order, the last one in the role given. */
export interface Registration {
  readonly method: string;
  readonly path: string;
  readonly run: readonly Value[];
  readonly last: Entry['role'];
  readonly declared: Declared | null;
  readonly node: ts.Node;
}

/** Puts a registration's handlers on a router, those before the last as middleware of that one. */
export function registerAll(router: Router, registration: Registration): void {
  const { method, path, node, last, declared } = registration;
  const runs = registration.run.map(registered).filter((one) => one !== null);
  const group = { inline: last !== 'middleware' };
  runs.forEach((run, index) => {
    const isLast = index === runs.length - 1;
    const role = isLast ? last : 'middleware';
    register(router, {
      method,
      path,
      run,
      role,
      group,
      onError: [],
      declared: isLast ? declared : null,
      node,
    });
  });
}

/** Whether a handler may hand the request on: it takes `next`, or a package made it. */
export function isPassing(value: Value): boolean {
  if (value.kind === 'function') return value.node.parameters.length > 1;
  return (
    value.kind === 'package' || (value.kind === 'unknown' && /^serveStatic\b/.test(textAt(value)))
  );
}

function textAt(value: Value): string {
  return value.origin?.expression.getText() ?? '';
}
