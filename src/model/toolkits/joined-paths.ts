import { posix } from 'node:path';
import type { LibraryReader } from '../reader.ts';
import { literal, stringOf, type Value } from '../trace/values.ts';

/** url-join: parts of an address one after another, a slash between them. */
export const urlJoin = {
  name: 'url-join',
  from: /^url-join$/,
  call: (_, { args }) => joined(args, (parts) => parts.join('/').replace(/(?<!:)\/{2,}/g, '/')),
} satisfies LibraryReader;

/** Node's `path.join` of parts that are known. */
export const pathJoin = {
  name: 'path',
  from: /^(node:)?path(\/posix)?$/,
  call: (_, { name, args }) =>
    name.split('.').at(-1) === 'join' ? joined(args, (parts) => posix.join(...parts)) : undefined,
} satisfies LibraryReader;

function joined(
  args: readonly Value[],
  join: (parts: readonly string[]) => string,
): Value | undefined {
  const parts = args.map(stringOf);
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? literal(join(known)) : undefined;
}
