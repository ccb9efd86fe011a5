import { type Entry, type Placed, treeOf, withoutEnding } from './entry.ts';

/** A piece of a file's name between dots, as a path says it and as it was written. */
interface Segment {
  readonly said: string;
  readonly written: string;
}

interface Named {
  readonly id: string;
  readonly file: string;
}

/**
 * The routes that the names of files say, by the convention of `@react-router/fs-routes`: dots are slashes, `$id` is a
 * parameter and `$` the rest, `_` before a name leaves it out of the path and behind it out of the parent's frame.
 * `folder` is relative to `app`.
 */
export function flatRoutes(
  files: readonly string[],
  { app, folder }: { app: string; folder: string },
): Entry[] {
  const named = namedIn(files, { app, folder });
  const byLength = [...named].sort((a, b) => b.id.length - a.id.length);
  const taken = new Set<string>();
  const kept = byLength.filter(({ id }) => {
    const own = lastOf(id);
    if (own.startsWith('_') && own !== '_index') return true;
    const address = `${pathOf(id, folder) ?? ''}${isIndex(id) ? '?index' : ''}`;
    if (address === '' || !taken.has(address)) return taken.add(address);
    return false;
  });
  const placed = kept.map(({ id, file }): Placed => {
    const parent = parentOf(id, kept);
    const whole = pathOf(id, folder);
    const around = parent === null ? undefined : pathOf(parent, folder);
    const path = around && whole ? whole.slice(around.length).replace(/^\/|\/$/g, '') : whole;
    return { id, file, path: path || null, index: isIndex(id), parent };
  });
  return treeOf(placed);
}

const ENDINGS = /\.(jsx?|tsx?|mdx?)$/;

/** Files of the folder itself, and of each folder in it the one that is called `route` or `index`. */
function namedIn(
  files: readonly string[],
  { app, folder }: { app: string; folder: string },
): Named[] {
  const found = new Map<string, string>();
  const start = `${app}/${folder}/`;
  for (const file of files.filter((each) => each.startsWith(start) && ENDINGS.test(each))) {
    const [first = '', second, ...more] = file.slice(start.length).split('/');
    if (first.startsWith('.') || more.length > 0) continue;
    if (second === undefined) add(found, `${folder}/${withoutEnding(first)}`, file);
    else if (/^(route|index)\.\w+$/.test(second)) {
      const id = `${folder}/${first}`;
      if (second.startsWith('route.')) found.set(id, file);
      else add(found, id, file);
    }
  }
  return [...found].map(([id, file]) => ({ id, file }));
}

function add(found: Map<string, string>, id: string, file: string): void {
  if (!found.has(id)) found.set(id, file);
}

function isIndex(id: string): boolean {
  return id.endsWith('_index');
}

function lastOf(id: string): string {
  return id.split('/').at(-1)?.split('.').at(-1) ?? '';
}

/** The longest other name that this one goes on from. */
function parentOf(id: string, all: readonly Named[]): string | null {
  const around = all.filter(
    (each) => id.startsWith(each.id) && /^[./]/.test(id.slice(each.id.length)),
  );
  const [longest] = around.sort((a, b) => b.id.length - a.id.length);
  return longest?.id ?? null;
}

function pathOf(id: string, folder: string): string | undefined {
  const all = segmentsOf(id.slice(folder.length + 1));
  const segments = isIndex(id) ? all.slice(0, -1) : all;
  const shown = segments.filter(({ said, written }) => !(isLow(said) && isLow(written)));
  const path = shown.map(({ said, written }) =>
    said.endsWith('_') && written.endsWith('_') ? said.slice(0, -1) : said,
  );
  return path.length > 0 ? path.join('/') : undefined;
}

function isLow(text: string): boolean {
  return text.startsWith('_');
}

/** What stands in `[]` means itself, what stands in `()` may be left out. */
function segmentsOf(name: string): Segment[] {
  const segments: Segment[] = [];
  let [said, written, escaped, optional] = ['', '', false, false];
  const push = () => {
    if (said !== '') segments.push({ said, written });
    [said, written] = ['', ''];
  };
  for (const [index, letter] of [...name].entries()) {
    if (!escaped && !optional && /[./]/.test(letter)) {
      push();
      continue;
    }
    written += letter;
    if (escaped) {
      if (letter === ']') escaped = false;
      else said += letter;
    } else if (letter === '[') escaped = true;
    else if (!optional && letter === '(') optional = true;
    else if (optional && letter === ')') {
      said += '?';
      optional = false;
    } else if (letter === '$' && said === '') said = index === name.length - 1 ? '*' : ':';
    else said += letter;
  }
  push();
  return segments;
}
