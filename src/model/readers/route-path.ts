/** Joins a prefix and a path the way Hono does: `/api` and `/` give `/api`. */
export function joinPaths(prefix: string, path: string): string {
  const start = prefix.startsWith('/') ? prefix : `/${prefix}`;
  if (path === '/') return start;
  const rest = path.startsWith('/') ? path.slice(1) : path;
  return start.endsWith('/') ? start + rest : `${start}/${rest}`;
}

/**
 * The normal forms of a written path: `/users/:id{[0-9]+}` is `/users/:id`, `/files/*` and `/files/:path{.+}` are
 * `/files/*path`, and an optional parameter gives a path without and one with it.
 */
export function normalPaths(path: string): string[] {
  return optionals(path).map((one) => {
    const segments = segmentsOf(one);
    const last = segments.length - 1;
    const normal = segments.map((segment, index) => normalSegment(segment, index === last));
    return `/${normal.join('/')}`;
  });
}

/**
 * Whether whatever an endpoint answers also goes through a pattern: each of the pattern's segments takes the
 * endpoint's, a trailing `*` takes any rest, the empty one included.
 */
export function covers(pattern: string, endpoint: string): boolean {
  return optionals(pattern).some((one) => coversAll(segmentsOf(one), segmentsOf(endpoint)));
}

function coversAll(pattern: readonly string[], endpoint: readonly string[]): boolean {
  for (const [index, segment] of pattern.entries()) {
    const isLast = index === pattern.length - 1;
    if (isLast && (segment === '*' || takesSlashes(segment))) {
      return segment === '*' || endpoint.length > index;
    }
    const against = endpoint[index];
    if (against === undefined || !coversOne(segment, against)) return false;
  }
  return pattern.length === endpoint.length;
}

function coversOne(pattern: string, segment: string): boolean {
  if (pattern === segment) return true;
  if (pattern === '*') return !takesSlashes(segment);
  if (!pattern.startsWith(':') || segment === '*') return false;
  const constraint = constraintOf(pattern);
  if (constraint === null) return true;
  return segment.startsWith(':')
    ? constraintOf(segment) === constraint
    : matches(constraint, segment);
}

function normalSegment(segment: string, isLast: boolean): string {
  if (segment === '*') return isLast ? '*path' : ':any';
  if (!segment.startsWith(':')) return segment;
  const name = /^:([^{?]+)/.exec(segment)?.[1] ?? 'param';
  return isLast && takesSlashes(segment) ? `*${name}` : `:${name}`;
}

/** `/a/:b?` is `/a` and `/a/:b`; the last `?` alone is meant. */
function optionals(path: string): string[] {
  if (!path.endsWith('?') || !path.includes(':')) return [path];
  const cut = segmentsOf(path).slice(0, -1);
  return [`/${cut.join('/')}`, path.slice(0, -1)];
}

function takesSlashes(segment: string): boolean {
  const constraint = segment.startsWith(':') ? constraintOf(segment) : null;
  return constraint !== null && matches(constraint, 'a/b');
}

function constraintOf(segment: string): string | null {
  return /\{(.+)\}\??$/.exec(segment)?.[1] ?? null;
}

function matches(constraint: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${constraint})$`).test(text);
  } catch {
    return false;
  }
}

/** Splits at slashes that stand outside of a constraint's braces. */
function segmentsOf(path: string): string[] {
  return path.replace(/^\//, '').split(/\/(?![^{]*\})/);
}
