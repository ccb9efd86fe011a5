import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import type { Machine } from '../trace/machine.ts';
import type { Value } from '../trace/values.ts';
import { LISTS } from './lodash/lists.ts';
import { OBJECTS } from './lodash/objects.ts';
import { PREDICATES } from './lodash/predicates.ts';

/** What a function of the package makes of its arguments; undefined where nobody can tell. */
export type Helper = (machine: Machine, args: readonly Value[], node: ts.Node) => Value | undefined;

const HELPERS: ReadonlyMap<string, Helper> = new Map(
  Object.entries({ ...PREDICATES, ...LISTS, ...OBJECTS }),
);

/** Each by the name of its own package (`lodash.isempty`). */
const ALONE: ReadonlyMap<string, Helper> = new Map(
  [...HELPERS].map(([name, helper]) => [name.toLowerCase(), helper]),
);

/** lodash, underscore and es-toolkit: what their functions say of a value, a list or an object. */
export const lodash = {
  name: 'lodash',
  from: /^(underscore|es-toolkit(\/compat)?|lodash(-es)?([./]\w+)?)$/,
  call: (machine, { name, args, node, made, from }) => {
    const [, alone] = /^lodash(?:-es)?[./](\w+)$/.exec(from) ?? [];
    const helper =
      alone === undefined
        ? HELPERS.get(name.replace(/^(default|\*|_)\./, ''))
        : ALONE.get(alone.toLowerCase());
    return made ? undefined : helper?.(machine, args, node);
  },
} satisfies LibraryReader;
