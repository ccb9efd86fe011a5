/** The folders a file of a router stands in, outermost first, as they are written. */
export type Folders = readonly string[];

/**
 * The paths that a folder's segments give: groups and slots have none, `[id]` is `:id`, `[...rest]` is `*rest`,
 * `[[...rest]]` a path without and one with it. Null for folders that make no route of their own: private ones,
 * and those that stand in for another route while navigating.
 */
export function pathsOf(folders: Folders, basePath: string): string[] | null {
  if (folders.some((each) => each.startsWith('_') || /^\(\.{1,3}\)/.test(each))) return null;
  return waysOf(
    folders.filter((each) => !/^\(.*\)$/.test(each) && !each.startsWith('@')),
    basePath,
  );
}

/** The paths of segments as they are written: a path without and one with a rest that may be left out. */
export function waysOf(segments: readonly string[], basePath: string): string[] {
  const last = segments.at(-1);
  const optional = last === undefined ? null : /^\[\[\.\.\.(.+)\]\]$/.exec(last);
  const rest = optional ? segments.slice(0, -1) : segments;
  const base = rest.map(segmentOf);
  const ways = optional ? [base, [...base, `*${optional[1]}`]] : [base];
  return ways.map((way) => joined(basePath, way));
}

function joined(basePath: string, segments: readonly string[]): string {
  const path = segments.map((each) => `/${each}`).join('');
  return `${basePath}${path}` || '/';
}

function segmentOf(folder: string): string {
  const rest = /^\[\.\.\.(.+)\]$/.exec(folder)?.[1];
  if (rest !== undefined) return `*${rest}`;
  const one = /^\[(.+)\]$/.exec(folder)?.[1];
  return one === undefined ? decoded(folder) : `:${one}`;
}

/** `%5Ffolder` is served as `/_folder`. */
function decoded(folder: string): string {
  try {
    return decodeURIComponent(folder);
  } catch {
    return folder;
  }
}

/** The parallel route a folder belongs to, where it belongs to one. */
export function slotOf(folders: Folders): string | null {
  return folders.find((each) => each.startsWith('@')) ?? null;
}
