import { baseOf } from '../../static/property.ts';
import type { Machine } from '../../static/value.ts';
import { textOf } from '../../static/value.ts';
import { nestOf } from './collect.ts';
import type { Provider } from './container.ts';
import type { Module } from './modules.ts';

/** A Passport strategy that a module provides. */
export interface Strategy {
  readonly name: string;
  /** The package of the strategy it extends: `passport-jwt`. */
  readonly package: string;
  readonly provider: Provider;
}

/** The classes among providers that extend `PassportStrategy(…)`. */
export function strategiesOf(
  machine: Machine,
  modules: readonly Module[],
  providers: readonly Provider[],
): Strategy[] {
  const classes = modules.flatMap(({ providers: all }) =>
    all.flatMap((each) => (each.kind === 'class' ? [each] : [])),
  );
  return classes.flatMap((type) => {
    const base = baseOf(machine, type);
    const made = nestOf(base);
    const provider = providers.find(({ token }) => token === type.node);
    if (made?.name !== 'PassportStrategy' || !provider) return [];
    const [strategy, name] = made.args;
    const from = strategy?.kind === 'package' ? strategy.package : '';
    return [{ name: textOf(name) ?? nameOf(from), package: from, provider }];
  });
}

/** The name a strategy has unless it is given another. */
function nameOf(from: string): string {
  const short = /passport-(?:http-)?([\w-]+)$/.exec(from)?.[1] ?? from;
  return short === 'google-oauth20' || short === 'google-oauth2' ? 'google' : short;
}
