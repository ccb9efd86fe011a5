import type { LibraryReader } from '../reader.ts';
import { matchesText, regexp } from '../trace/regexps.ts';
import { choose, object } from '../trace/terms.ts';
import {
  literal,
  native,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';
import { pathPattern } from './path-pattern.ts';

/** path-to-regexp: whether a path is one of those that a pattern like `/orders/:id` is written for. */
export const pathToRegexp = {
  name: 'path-to-regexp',
  from: /^path-to-regexp$/,
  call: (_, { name, args: [pattern = UNDEFINED] }) => {
    const fn = name.split('.').at(-1) ?? name;
    const said = stringOf(pattern);
    if (said === undefined) return undefined;
    const made = regexp(`/${pathPattern(said)}/i`);
    if (/^(pathToRegexp|default|\*)$/.test(fn)) return compiled(made);
    return fn === 'match' ? matcherOf(made) : undefined;
  },
} satisfies LibraryReader;

/** Up to version 7 the regular expression itself, since 8 an object that holds it. */
function compiled(made: Special): Special {
  return { ...made, get: (name) => (name === 'regexp' ? made : undefined) };
}

function matcherOf(made: Special): Value {
  return native('match', ([path = UNDEFINED], node) => {
    const found = matchesText(made, path, node);
    const match = object([
      ['path', path],
      ['params', unknown('params')],
    ]);
    if (found?.kind === 'test') return choose(found.formula, match, literal(false));
    return found ?? unknown('match');
  });
}
