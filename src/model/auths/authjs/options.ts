import type { ts } from '../../../kernel/syntax.ts';
import { versionsOf } from '../../readers/version.ts';
import type { Machine } from '../../trace/machine.ts';
import { term, typed, UNDEFINED, type Value } from '../../trace/values.ts';

export interface Called {
  readonly options: Value;
  /** NextAuth 4, which names its cookie and its variable otherwise. */
  readonly old: boolean;
}

/** What stands at a path of the options; undefined where they do not say. */
export function optionIn(
  machine: Machine,
  options: Value,
  { path, node }: { readonly path: readonly string[]; readonly node: ts.Node },
): Value {
  return path.reduce<Value>(
    (value, name) => (value.kind === 'object' ? machine.get(value, name, node) : UNDEFINED),
    options,
  );
}

/** Whether the app depends on NextAuth 4: what its registry calls the latest is; a beta is Auth.js. */
export function isFour(machine: Machine): boolean {
  return versionsOf(machine, 'next-auth').some((version) => {
    const [major] = /\d+/.exec(version) ?? [];
    return major === undefined ? version === 'latest' : Number(major) <= 4;
  });
}

/** What tokens are sealed with: said outright, else the variable that the library reads. */
export function secretOf(machine: Machine, { options, old }: Called, node: ts.Node): Value {
  const given = optionIn(machine, options, { path: ['secret'], node });
  const name = old ? 'NEXTAUTH_SECRET' : 'AUTH_SECRET';
  return given.kind === 'undefined' ? term({ kind: 'env', name }, typed('string')) : given;
}
