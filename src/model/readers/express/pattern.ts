/**
 * The paths of a route written as a regular expression, as Express writes others: `/^\/pages\/(\w+)$/` is `/pages/:0`, and one
 * that is open at its end leads on below (`/docs` and `/docs/*`). Undefined where a segment is neither a text nor a group
 * that takes any.
 */
export function pathsOfPattern(source: string): string[] | undefined {
  const [, written, end = ''] = WHOLE.exec(source) ?? [];
  if (written === undefined) return undefined;
  let groups = 0;
  const segments = written.split('\\/').map((segment) => {
    if (ANY.test(segment)) return `:${groups++}`;
    return TEXT.test(segment) ? segment.replaceAll('\\', '') : undefined;
  });
  if (segments.includes(undefined)) return undefined;
  const path = `/${segments.join('/')}`;
  const isClosed = end === '$' || end === '\\/?$';
  return isClosed ? [path] : [path, `${path === '/' ? '' : path}/*`];
}

/** From the slash it starts with, up to what may stand below and where it ends. */
const WHOLE = /^\^\\\/(.*?)(\(\\\/\.\*\)\?\$?|\\\/\?\$|\.\*\$?|\$|)$/;

const TEXT = /^(?:[\w~-]|\\[.~-])*$/;

/** A group that takes any segment; its number is the parameter's name. */
const ANY = /^\((?:\[\^\\?\/\]|\\w|\.)\+\)$/;
