import { normalPaths } from '../express/path.ts';
import { NEUTRAL, type Settings, type Spot } from './settings.ts';

interface Parts {
  readonly method: string;
  readonly versions: readonly string[];
  readonly module: string;
  readonly controller: string;
  readonly handler: string;
}

/** The paths of a handler: global prefix, version, module, controller, handler. Null for what has no normal form. */
export function pathsOf(settings: Settings, parts: Parts): string[] | null {
  const { versions } = settings;
  const segments = versions
    ? parts.versions.map((each) => (each === NEUTRAL ? '' : `${versions.prefix}${each}`))
    : [''];
  const below = join(parts.module, parts.controller, parts.handler);
  const all = (segments.length > 0 ? segments : ['']).map((version) => {
    const prefix = isExcluded(settings.excluded, parts.method, below)
      ? ''
      : (settings.prefix ?? '');
    return normalPaths(join(prefix, version, below));
  });
  return all.includes(null) ? null : all.flatMap((each) => each ?? []);
}

export function join(...parts: readonly string[]): string {
  return `/${parts
    .map((each) => each.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/')}`;
}

function isExcluded(excluded: readonly Spot[], method: string, path: string): boolean {
  return excluded.some(
    (spot) => (spot.method === null || spot.method === method) && patternOf(spot.path).test(path),
  );
}

/** `health/{*path}`, `cats/:id`, `(.*)`: as a pattern over whole paths. */
function patternOf(path: string): RegExp {
  const source = join(path)
    .replace(/\/?\{\/?\*\w*\}|\/?\(\.\*\)|\/?\*\w*/g, '\u0000')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replaceAll('\u0000', '(?:/.*)?');
  return new RegExp(`^${source}$`);
}
