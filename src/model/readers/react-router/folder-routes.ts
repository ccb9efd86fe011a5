import { type Entry, type Placed, treeOf, withoutEnding } from './entry.ts';

interface Named {
  readonly id: string;
  readonly file: string;
  readonly segments: readonly string[];
  readonly index: boolean;
}

/**
 * The routes that the names of files say by the convention of `remix-flat-routes`: as flat ones, but folders whose
 * name ends in `+` are pieces of the names in them.
 */
export function folderRoutes(
  files: readonly string[],
  { app, folder }: { app: string; folder: string },
): Entry[] {
  const start = `${app}/${folder}/`;
  const named = files
    .filter((file) => file.startsWith(start) && isRoute(file.slice(start.length)))
    .map((file) => namedBy(file, { start, folder }));
  const byName = new Map(named.map((each) => [each.segments.join('/'), each]));
  const placed = named.map((each): Placed => {
    const { id, file, index } = each;
    const parent = parentOf(each, byName);
    const whole = pathOf(each) ?? '';
    const around = parent ? (pathOf(parent) ?? '') : '';
    const path = whole.slice(around.length).replace(/^\//, '');
    return { id, file, path: path || null, index, parent: parent?.id ?? null };
  });
  return treeOf(placed);
}

const INSIDE =
  /((\+\/[^/:?*]+)|\/((index|route|layout|page)|(_[^/:?*]+)|([^/:?*]+\.route)))\.(tsx?|jsx?|mdx?)$/;

function isRoute(name: string): boolean {
  if (name.split('/').some((part) => part.startsWith('.'))) return false;
  if (!name.includes('/')) return /\.(tsx?|jsx?|mdx?)$/.test(name);
  return INSIDE.test(name) && !/\.server\.\w+$/.test(name);
}

function namedBy(file: string, { start, folder }: { start: string; folder: string }): Named {
  const name = withoutEnding(file.slice(start.length));
  const index = /((^|[.]|\+\/)(index|_index))(\/[^/]+)?$|(\/_?index\/)/.test(name);
  const segments = segmentsOf(name, index);
  if (index) segments[segments.length - 1] = '';
  return { id: `${folder}/${name}`, file, segments, index };
}

function segmentsOf(name: string, index: boolean): string[] {
  const joined = name.replaceAll('+/_.', '_+/');
  const nested = joined.includes('+/');
  let flat = joined.replaceAll('+/', '.');
  if ((flat.includes('/') || !nested) && !flat.endsWith('.route')) {
    const last = flat.lastIndexOf('/');
    if (last >= 0) flat = flat.slice(0, last);
  }
  let segments: string[] = flat.match(/(\[[^\]]*\]|[^./[\]])+/g) ?? [];
  if (segments.at(-1) === 'route') segments = segments.slice(0, -1);
  const pathless = !index && nested && segments.at(-1)?.startsWith('_');
  return pathless ? segments.slice(0, -1) : [...segments];
}

function pathOf({ segments }: Named): string | undefined {
  const parts = segments.filter((segment) => !segment.startsWith('_')).map(segmentPath);
  const path = parts.map((part) => `/${part}`).join('');
  return path.replace(/\/$/, '') || undefined;
}

function segmentPath(segment: string): string {
  const plain = segment.replace(/_$/, '').replace(/\[([^\]]*)\]/g, '$1');
  if (plain === '$') return '*';
  if (plain.startsWith('$')) return `:${plain.slice(1)}`;
  if (!plain.startsWith('(')) return plain;
  return `${plain.slice(1, -1).replace(/^\$/, ':')}?`;
}

/** The one whose name is the longest beginning of this one's. */
function parentOf({ segments }: Named, byName: ReadonlyMap<string, Named>): Named | undefined {
  for (let length = segments.length - 1; length > 0; length -= 1) {
    const found = byName.get(segments.slice(0, length).join('/'));
    if (found) return found;
  }
  return undefined;
}
