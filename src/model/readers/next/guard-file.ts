import type { Program } from '../../../repo/repo.ts';
import type { Registered } from '../../reader.ts';
import { exportOf } from '../exports.ts';
import { matchersIn, takes } from './matcher.ts';
import type { Settings } from './settings.ts';

/** The app's middleware, where it has one. */
export interface Guard {
  /** The middleware, where requests for the path go through it. */
  readonly before: (path: string) => readonly Registered[];
}

const NAMES = ['proxy', 'middleware'];

/** `middleware.ts`, called `proxy.ts` since Next 16, beside the `app` folder or in `src`. */
export function guardOf(program: Program, root: string, settings: Settings): Guard | null {
  const prefix = root === '.' ? '' : `${root}/`;
  for (const folder of [`${prefix}src/`, prefix]) {
    for (const name of NAMES) {
      for (const extension of settings.pageExtensions) {
        const file = `${folder}${name}.${extension}`;
        const source = program.source(file);
        const found =
          source && (exportOf(program, file, name) ?? exportOf(program, file, 'default'));
        if (!source || !found) continue;
        const matchers = matchersIn(source);
        const { basePath } = settings;
        const before = (path: string) => {
          const asked = path.slice(basePath.length) || '/';
          return !matchers || matchers.some((each) => takes(each, asked)) ? [found.registered] : [];
        };
        return { before };
      }
    }
  }
  return null;
}
