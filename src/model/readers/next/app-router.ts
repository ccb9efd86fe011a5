import type { Program } from '../../../repo/repo.ts';
import { type Folders, pathsOf, slotOf } from './segments.ts';
import type { Settings } from './settings.ts';

/** A file of the app router that answers requests, with the files around it that have a say. */
export interface AppFile {
  readonly kind: 'route' | 'page';
  readonly file: string;
  readonly paths: readonly string[];
  /** Layouts and templates from the outermost to the innermost. */
  readonly frames: readonly Frame[];
  /** The file that says what is not found, where there is one. */
  readonly notFound: string | null;
  /** How many of the frames stand outside of the outermost loading screen; null where there is none. */
  readonly streamsFrom: number | null;
}

/** A layout or template; `slots` are the parallel pages it is given beside its children, by their name. */
export interface Frame {
  readonly file: string;
  readonly slots: readonly { readonly name: string; readonly file: string }[];
}

type Kind = 'route' | 'page' | 'layout' | 'template' | 'loading' | 'not-found' | 'default';
type Folder = ReadonlyMap<string, string>;

const KINDS = /^(route|page|layout|template|loading|not-found|default)$/;

/** The pages and route handlers under `app`, by what their folders say. */
export function appFiles(program: Program, root: string, settings: Settings): AppFile[] {
  const prefix = root === '.' ? '' : `${root}/`;
  const homes = [`${prefix}app/`, `${prefix}src/app/`];
  const paths = program.repo.files.map(({ path }) => path);
  const home = homes.find((each) => paths.some((path) => path.startsWith(each)));
  if (!home) return [];
  const tree = treeOf(
    paths.filter((path) => path.startsWith(home)),
    { home, extensions: settings.pageExtensions },
  );
  return [...tree.keys()].flatMap((key): AppFile[] => {
    const folders = foldersOf(key);
    const found = slotOf(folders) === null ? pathsOf(folders, settings.basePath) : null;
    if (!found) return [];
    return (['route', 'page'] as const).flatMap((kind) => {
      const file = tree.get(key)?.get(kind);
      return file ? [{ kind, file, paths: found, ...around(tree, folders) }] : [];
    });
  });
}

function treeOf(
  paths: readonly string[],
  { home, extensions }: { home: string; extensions: readonly string[] },
): Map<string, Map<Kind, string>> {
  const tree = new Map<string, Map<Kind, string>>();
  for (const path of paths) {
    const parts = path.slice(home.length).split('/');
    const name = parts.pop() ?? '';
    const extension = extensions.find((each) => name.endsWith(`.${each}`));
    const kind = extension === undefined ? '' : name.slice(0, -extension.length - 1);
    if (!isKind(kind)) continue;
    const key = parts.join('/');
    tree.set(key, (tree.get(key) ?? new Map<Kind, string>()).set(kind, path));
  }
  return tree;
}

function isKind(name: string): name is Kind {
  return KINDS.test(name);
}

function foldersOf(key: string): Folders {
  return key === '' ? [] : key.split('/');
}

/** What the folders from the root down to a page put around it. */
function around(
  tree: ReadonlyMap<string, Folder>,
  folders: Folders,
): Pick<AppFile, 'frames' | 'notFound' | 'streamsFrom'> {
  const frames: Frame[] = [];
  let notFound: string | null = null;
  let streamsFrom: number | null = null;
  for (let depth = 0; depth <= folders.length; depth += 1) {
    const here = folders.slice(0, depth);
    const own = tree.get(here.join('/'));
    const slots = slotsOf(tree, here, folders.slice(depth));
    const layout = own?.get('layout');
    if (layout) frames.push({ file: layout, slots });
    const template = own?.get('template');
    if (template) frames.push({ file: template, slots: [] });
    notFound = own?.get('not-found') ?? notFound;
    if (own?.has('loading')) streamsFrom ??= frames.length;
  }
  return { frames, notFound, streamsFrom };
}

/** The pages of a folder's parallel routes for the same address, else what they show by default. */
function slotsOf(tree: ReadonlyMap<string, Folder>, here: Folders, rest: Folders): Frame['slots'] {
  const before = here.length === 0 ? '' : `${here.join('/')}/`;
  const names = new Set(
    [...tree.keys()]
      .filter((key) => key.startsWith(`${before}@`))
      .flatMap((key) => foldersOf(key.slice(before.length))[0] ?? []),
  );
  return [...names].flatMap((name) => {
    const slot = `${before}${name}`;
    const file = tree.get([slot, ...rest].join('/'))?.get('page') ?? tree.get(slot)?.get('default');
    return file ? [{ name: name.slice(1), file }] : [];
  });
}
