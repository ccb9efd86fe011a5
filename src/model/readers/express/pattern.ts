/**
 * The paths of a route written as a regular expression, as Express writes others: `/^\/pages\/(\w+)$/` is `/pages/:0`,
 * `/^\/[0-9]+$/` is `/:part0([0-9]+)`, and one that is open at its end leads on below (`/docs` and `/docs/*`). Undefined
 * where a segment has groups within.
 */
export function pathsOfPattern(source: string): string[] | undefined {
  if (EVERYTHING.test(source)) return ['/', '/*'];
  const [, written, end = ''] = WHOLE.exec(source) ?? [];
  if (written === undefined) return undefined;
  let groups = 0;
  const segments = written.split(SLASH).map((segment, index) => {
    if (ANY.test(segment)) return `:${groups++}`;
    if (TEXT.test(segment)) return segment.replaceAll('\\', '');
    const [, group] = GROUP.exec(segment) ?? [];
    if (group !== undefined) return `:${groups++}(${group})`;
    return PLAIN.test(segment) ? `:part${index}(${segment})` : undefined;
  });
  if (segments.includes(undefined)) return undefined;
  const path = `/${segments.join('/')}`;
  const isClosed = end === '$' || end === '\\/?$';
  return isClosed ? [path] : [path, `${path === '/' ? '' : path}/*`];
}

/** `.*`, `^(.*)$`: whatever there is, with or without its slash. */
const EVERYTHING = /^\^?(?:\\\/)?(?:\.[*+]|\(\.[*+]\))\$?$/;

/** From the slash it starts with, up to what may stand below and where it ends. */
const WHOLE = /^\^\\\/(.*?)(\(\\\/\.\*\)\?\$?|\\\/\?\$|\.\*\$?|\$|)$/;

/** Between segments, not among the characters of a class. */
const SLASH = /\\\/(?![^[\]]*\])/;

/** A dot that nobody escaped is meant as one. */
const TEXT = /^(?:[\w~-]+\.?|\\[.~-])*$/;

/** A group that takes any segment; its number is the parameter's name. */
const ANY = /^\((?:\[\^\\?\/\]|\\w|\.)\+\)$/;

/** Characters, classes of them, and how often they come. */
const CHARACTERS = String.raw`(?:[\w~-]|\\[.~dw-]|\[[\w-]+\]|[+?]|\{\d+(?:,\d*)?\})+`;
const PLAIN = new RegExp(`^${CHARACTERS}$`);

/** A group of that. */
const GROUP = new RegExp(String.raw`^\((${CHARACTERS})\)$`);
