import type { Program } from '../../../repo/repo.ts';
import { property, stringOf } from '../config-file.ts';

/** What an app's configuration says outright that bears on its routes. */
export interface Settings {
  /** The folder of the app's modules, as a path of the repo. */
  readonly app: string;
  /** What stands before every path; empty where nothing does. */
  readonly basename: string;
}

const FILES = ['react-router.config', 'remix.config', 'vite.config'].flatMap((name) =>
  ['ts', 'mts', 'js', 'mjs', 'cjs'].map((ending) => `${name}.${ending}`),
);

export function settingsOf(program: Program, root: string): Settings {
  const prefix = root === '.' ? '' : `${root}/`;
  const sources = FILES.flatMap((name) => program.source(`${prefix}${name}`) ?? []);
  const said = (name: string) =>
    sources.map((source) => stringOf(property(source, name))).find((text) => text !== undefined);
  const folder = (said('appDirectory') ?? 'app').replace(/^\.\/|\/$/g, '');
  return {
    app: `${prefix}${folder}`,
    basename: (said('basename') ?? '').replace(/\/$/, ''),
  };
}
