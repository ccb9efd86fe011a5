import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { some } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { matchesText, regexp } from '../trace/regexps.ts';
import { textOf } from '../trace/source.ts';
import { truthValue } from '../trace/terms.ts';
import { literalOf, native, stringOf, UNDEFINED, unknown, type Value } from '../trace/values.ts';
import { globPattern } from './glob-pattern.ts';

type Whole = (machine: Machine, args: readonly Value[], node: ts.Node) => Value | undefined;

/** micromatch, minimatch and picomatch: whether a path fits any of the globs that code writes out. */
export const globs: readonly LibraryReader[] = [
  reader('micromatch', () => undefined),
  reader('minimatch', (machine, args, node) => fits(machine, args, { node, folders: false })),
  reader('picomatch', (machine, args) => matcherOf(machine, args)),
];

/** `whole` is what the module itself does, where it is called. */
function reader(name: string, whole: Whole): LibraryReader {
  return {
    name,
    from: new RegExp(`^${name}$`),
    call: (machine, { name: path, args, node, made }) => {
      const fn = path.split('.').at(-1) ?? path;
      if (made) return undefined;
      if (fn === 'isMatch') return fits(machine, args, { node });
      if (fn === 'matcher') return matcherOf(machine, args);
      return fn === 'default' || fn === '*' || fn === name ? whole(machine, args, node) : undefined;
    },
  };
}

/** `picomatch(globs)`: a function of the path. */
function matcherOf(
  machine: Machine,
  [given = UNDEFINED, options = UNDEFINED]: readonly Value[],
): Value | undefined {
  if (!globsIn(given)) return undefined;
  return native('matcher', ([path = UNDEFINED], node) => {
    return fits(machine, [path, given, options], { node }) ?? unknown(textOf(node));
  });
}

/** `isMatch(path, globs, options)`. */
function fits(
  machine: Machine,
  [path = UNDEFINED, given = UNDEFINED, options]: readonly Value[],
  { node, folders = true }: { readonly node: ts.Node; readonly folders?: boolean },
): Value | undefined {
  const said = options?.kind === 'object' ? options.fields.value.get('nocase') : undefined;
  const flags = literalOf(said) === true ? 'i' : '';
  const found = globsIn(given, folders)?.flatMap((source) => {
    const one = matchesText(regexp(`/${source}/${flags}`), path, node);
    return one ? [machine.truth(one, node)] : [];
  });
  return found && found.length > 0 ? truthValue(some(found)) : undefined;
}

/** The globs as regular expressions; undefined where one of them is not known. */
function globsIn(value: Value, folders = true): readonly string[] | undefined {
  const items = value.kind === 'array' ? value.items.value.map((item) => item.value) : [value];
  const sources = items.flatMap((item) => globPattern(stringOf(item) ?? '!', { folders }) ?? []);
  return sources.length === items.length ? sources : undefined;
}
