/**
 * The normal forms of a path as Express 4 or 5 writes it: `/:id(\\d+)` is `/:id`, `/:id?` and `/{:id}` are two,
 * `/*splat` and `/*` are catch-alls. Null for what has no normal form (`/ab?cd`).
 */
export function normalPaths(path: string): string[] | null {
  const all = options(
    path.replace(/\\\./g, '.').replace(/\((?:[^()\\]|\\.|\([^()]*\))*\)(?!\?)/g, ''),
  );
  const normal = all.map((one) => {
    const segments = one.split('/').filter((segment) => segment !== '');
    return segments.map((segment, index) => segmentOf(segment, index === segments.length - 1));
  });
  if (normal.some((segments) => segments.includes(null))) return null;
  return [...new Set(normal.map((segments) => `/${segments.join('/')}`))];
}

function options(path: string): string[] {
  const braces = /\{([^{}]*)\}/.exec(path);
  const mark = /\/:(\w+)\?/.exec(path);
  const found = braces ?? mark;
  if (!found) return [path];
  const [whole] = found;
  const inner = braces ? (found[1] ?? '') : whole.slice(0, -1);
  const around = (middle: string) =>
    path.slice(0, found.index) + middle + path.slice(found.index + whole.length);
  return [...options(around('')), ...options(around(inner))];
}

function segmentOf(segment: string, last: boolean): string | null {
  const star = /^\*(\w*)$/.exec(segment);
  if (star) return last ? `*${star[1] || 'path'}` : ':any';
  if (/^:\w+\*$/.test(segment)) return `*${segment.slice(1, -1)}`;
  const simple = /^:(\w+)\+?$/.exec(segment);
  if (simple) return `:${simple[1]}`;
  if (/^[\w.~:@!$&'=%-]+$/.test(segment)) return segment;
  return null;
}

/** Whether what an endpoint answers also goes through a prefix (`use`) or pattern (a route). */
export function covers(pattern: string, path: string, prefix: boolean): boolean {
  const variants = normalPaths(pattern) ?? [];
  return variants.some((variant) => {
    const own = variant.split('/').filter(Boolean);
    const other = path.split('/').filter(Boolean);
    for (const [index, segment] of own.entries()) {
      if (segment.startsWith('*')) return true;
      const against = other[index];
      if (against === undefined || against.startsWith('*')) return false;
      if (!segment.startsWith(':') && segment.toLowerCase() !== against.toLowerCase()) return false;
    }
    return prefix || own.length === other.length;
  });
}

/** Whether a route's path that says what a segment is like (`/:id(\\d+)`) takes another's; true where it says nothing. */
export function fitsPath(pattern: string, path: string): boolean {
  const own = pattern.split(/\/(?![^(]*\))/).filter(Boolean);
  const other = path.split('/').filter(Boolean);
  return own.every((segment, index) => {
    const [, like] = /^:\w+\((.+)\)$/.exec(segment) ?? [];
    if (like === undefined) return true;
    const against = other[index] ?? '';
    return !/^[:*]/.test(against) && isLike(against, like);
  });
}

function isLike(text: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return true;
  }
}
