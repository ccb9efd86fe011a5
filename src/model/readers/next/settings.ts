import type { Program } from '../../../repo/repo.ts';
import { property, stringOf, stringsOf } from '../config-file.ts';

/** What an app's `next.config` says outright that bears on its routes. */
export interface Settings {
  /** What stands before every path; empty where nothing does. */
  readonly basePath: string;
  readonly pageExtensions: readonly string[];
}

const ENDINGS = ['ts', 'mts', 'js', 'mjs', 'cjs'];
const EXTENSIONS = ['tsx', 'ts', 'jsx', 'js'];

export function settingsOf(program: Program, root: string): Settings {
  const prefix = root === '.' ? '' : `${root}/`;
  const sources = ENDINGS.flatMap(
    (ending) => program.source(`${prefix}next.config.${ending}`) ?? [],
  );
  const [source] = sources;
  const basePath = source && stringOf(property(source, 'basePath'));
  const extensions = source && stringsOf(property(source, 'pageExtensions'));
  return {
    basePath: basePath?.replace(/\/$/, '') ?? '',
    pageExtensions: extensions && extensions.length > 0 ? extensions : EXTENSIONS,
  };
}
