import type { Program } from '../../../repo/repo.ts';
import { waysOf } from './segments.ts';
import type { Settings } from './settings.ts';

/** A file under `pages` that answers requests. */
export interface PageFile {
  readonly kind: 'api' | 'page';
  readonly file: string;
  readonly paths: readonly string[];
}

/** The files of the pages router. */
export interface PagesRouter {
  readonly files: readonly PageFile[];
  /** What stands around every page, where there is something. */
  readonly app: string | null;
  /** The page that says what is not found, where there is one. */
  readonly notFound: string | null;
}

/** The pages and API routes under `pages`, by what their folders and names say. */
export function pagesRouter(program: Program, root: string, settings: Settings): PagesRouter {
  const prefix = root === '.' ? '' : `${root}/`;
  const homes = [`${prefix}pages/`, `${prefix}src/pages/`];
  const paths = program.repo.files.map(({ path }) => path);
  const home = homes.find((each) => paths.some((path) => path.startsWith(each)));
  const found = home ? paths.flatMap((path) => named(path, { home, settings })) : [];
  const own = (name: string) => found.find((each) => each.name === name)?.file ?? null;
  const files = found
    .filter(({ name }) => !SPECIAL.test(name))
    .map(({ name, file }): PageFile => {
      const segments = name.split('/').filter((part) => part !== '');
      const shown = segments.at(-1) === 'index' ? segments.slice(0, -1) : segments;
      const kind = segments[0] === 'api' ? 'api' : 'page';
      return { kind, file, paths: waysOf(shown, settings.basePath) };
    });
  return { files, app: own('_app'), notFound: own('404') };
}

/** Pages that Next shows of its own accord. */
const SPECIAL = /^(_app|_document|_error|_middleware|404|500)$/;

function named(
  path: string,
  { home, settings }: { home: string; settings: Settings },
): { name: string; file: string }[] {
  if (!path.startsWith(home) || path.endsWith('.d.ts')) return [];
  const extension = settings.pageExtensions.find((each) => path.endsWith(`.${each}`));
  if (extension === undefined) return [];
  return [{ name: path.slice(home.length, -extension.length - 1), file: path }];
}
