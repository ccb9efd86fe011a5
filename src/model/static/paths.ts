import { posix } from 'node:path';
import { LANGUAGE } from './collection.ts';
import { fileUrl, pathOf, startedAt } from './places.ts';
import type { Call, Machine, Semantics, Value } from './value.ts';
import { literal, object, textOf } from './value.ts';

/** What `path` and `url` make of paths that are known. */
export const PATH_SEMANTICS: Semantics = {
  call: (machine, { package: from, path }, call) => {
    const name = path.at(-1) ?? '';
    if (from === LANGUAGE && name === 'URL' && call.isNew) return urlOf(call);
    if (/^(node:)?url$/.test(from)) return ofUrl(name, call);
    if (!/^(node:)?path(\/posix)?$/.test(from)) return undefined;
    const texts = call.args.map(textOf);
    const known = texts.filter((text) => text !== undefined);
    return known.length === texts.length
      ? ofPath(machine, { name, texts: known }, call)
      : undefined;
  },
};

function ofPath(
  machine: Machine,
  { name, texts }: { name: string; texts: readonly string[] },
  { node }: Call,
): Value | undefined {
  const [first = '', second] = texts;
  switch (name) {
    case 'join':
      return literal(posix.join(...texts));
    case 'resolve':
      return literal(posix.resolve(startedAt(machine, node.getSourceFile().fileName), ...texts));
    case 'normalize':
      return literal(posix.normalize(first));
    case 'dirname':
      return literal(posix.dirname(first));
    case 'basename':
      return literal(posix.basename(first, second));
    case 'extname':
      return literal(posix.extname(first));
    case 'relative':
      return second?.startsWith('/') && first.startsWith('/')
        ? literal(posix.relative(first, second))
        : undefined;
    case 'parse':
      return object(
        Object.entries(posix.parse(first)).map(([part, text]) => [part, literal(text)]),
      );
    default:
      return undefined;
  }
}

function ofUrl(name: string, { args: [first] }: Call): Value | undefined {
  const path = pathOf(first);
  if (path === undefined) return undefined;
  if (name === 'fileURLToPath') return literal(path);
  return name === 'pathToFileURL' ? fileUrl(path) : undefined;
}

/** `new URL('./routes', import.meta.url)`. */
function urlOf({ args: [to, from] }: Call): Value | undefined {
  const [path, base] = [textOf(to), pathOf(from)];
  if (path === undefined || !base?.startsWith('/')) return undefined;
  return fileUrl(posix.join(posix.dirname(base), path));
}
