import type { ts } from '../../../kernel/syntax.ts';
import type { Machine, Value } from '../../static/value.ts';
import type { Provider } from './container.ts';
import { decoratorsOf } from './decorators.ts';
import type { Module } from './modules.ts';

/** The providers that `@nestjs/cqrs` runs, by the class of the command or query that each is decorated with. */
export type Dispatched = ReadonlyMap<ts.Node, Provider>;

const DECORATORS: ReadonlySet<string> = new Set(['CommandHandler', 'QueryHandler']);

/** Where several are decorated with one class, the first is it. */
export function dispatchedOf(
  machine: Machine,
  modules: readonly Module[],
  providers: readonly Provider[],
): Dispatched {
  const found = new Map<ts.Node, Provider>();
  const classes = modules.flatMap((module) => module.providers.flatMap(classIn));
  for (const { node } of classes) {
    const provider = providers.find(({ token }) => token === node);
    const asked = decoratorsOf(machine, node as ts.ClassDeclaration)
      .filter(({ name }) => DECORATORS.has(name))
      .flatMap(({ args }) => args.flatMap(classIn));
    if (!provider) continue;
    for (const each of asked) if (!found.has(each.node)) found.set(each.node, provider);
  }
  return found;
}

function classIn(value: Value) {
  return value.kind === 'class' ? [value] : [];
}
