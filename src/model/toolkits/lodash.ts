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

/** lodash and underscore: what their functions say of a value, a list or an object. */
export const lodash = {
  name: 'lodash',
  from: /^(underscore|lodash(-es)?)$/,
  call: (machine, { name, args, node, made }) =>
    made ? undefined : HELPERS.get(name.replace(/^(default|\*|_)\./, ''))?.(machine, args, node),
} satisfies LibraryReader;
