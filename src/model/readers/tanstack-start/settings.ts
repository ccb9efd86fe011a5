import { regexpOf } from '../../../kernel/regexp.ts';
import type { Program } from '../../../repo/repo.ts';
import { property, stringOf } from '../config-file.ts';

/** What an app's configuration says outright that bears on its routes. */
export interface Settings {
  /** Before every address of a server function. */
  readonly functions: string;
  /** Files of routes whose path has this are none. */
  readonly ignored: RegExp | null;
}

const FILES = ['vite.config', 'app.config'].flatMap((name) =>
  ['ts', 'mts', 'js', 'mjs'].map((ending) => `${name}.${ending}`),
);

export function settingsOf(program: Program, root: string): Settings {
  const prefix = root === '.' ? '' : `${root}/`;
  const sources = FILES.flatMap((name) => program.source(`${prefix}${name}`) ?? []);
  const said = (name: string) =>
    sources.map((source) => property(source, name)).find((found) => found !== undefined);
  const own = said('serverFns');
  const base = (own && stringOf(property(own, 'base'))) ?? '/_serverFn';
  const pattern = stringOf(said('routeFileIgnorePattern'));
  return {
    functions: `/${base.replace(/^\/|\/$/g, '')}`,
    ignored: pattern === undefined ? null : regexpOf(pattern),
  };
}
