/** A cookie in Playwright's shape, without its domain; `expires` is in seconds, -1 for a session's cookie. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: 'Strict' | 'Lax' | 'None';
}

/**
 * The cookies a browser holds after an answer to `asked` with these Set-Cookie lines, as RFC 6265 has it: of one name and
 * path the last, and none that a line takes away or leaves empty. Those of the widest path come last.
 */
export function cookiesOf(lines: readonly string[], asked: URL): Cookie[] {
  const jar = new Map<string, Cookie>();
  for (const line of lines) {
    const cookie = parseCookie(line, asked);
    if (!cookie) continue;
    const key = JSON.stringify([cookie.name, cookie.path]);
    jar.delete(key);
    const over = cookie.expires !== -1 && cookie.expires * 1000 <= Date.now();
    if (!over && cookie.value !== '') jar.set(key, cookie);
  }
  return [...jar.values()].sort((a, b) => b.path.length - a.path.length);
}

/** Null for a line that names no cookie. */
function parseCookie(line: string, asked: URL): Cookie | null {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const [name = '', ...value] = pair.split('=');
  if (name.trim() === '' || value.length === 0) return null;
  const said = new Map(
    attributes.map((attribute) => {
      const [key = '', ...rest] = attribute.split('=');
      return [key.trim().toLowerCase(), rest.join('=').trim()] as const;
    }),
  );
  const path = said.get('path') ?? '';
  return {
    name: name.trim(),
    value: value.join('=').trim(),
    path: path.startsWith('/') ? path : defaultPath(asked),
    expires: expiryOf(said),
    httpOnly: said.has('httponly'),
    secure: said.has('secure'),
    sameSite: SAME_SITES[said.get('samesite')?.toLowerCase() ?? ''] ?? 'Lax',
  };
}

const SAME_SITES: Readonly<Record<string, Cookie['sameSite']>> = {
  strict: 'Strict',
  lax: 'Lax',
  none: 'None',
};

/** The folder of the path that was asked. */
function defaultPath({ pathname }: URL): string {
  return pathname.slice(0, pathname.lastIndexOf('/')) || '/';
}

/** The end of the year 9999: Playwright takes no later one. */
const LAST = 253_402_300_799;

/** Max-Age goes before Expires; what is no date says nothing. */
function expiryOf(said: ReadonlyMap<string, string>): number {
  const age = said.get('max-age') ?? '';
  const date = said.get('expires') ?? '';
  const isDate = /\d:\d+:\d/.test(date);
  const until = /^-?\d+$/.test(age)
    ? Math.floor(Date.now() / 1000) + Number(age)
    : (isDate ? Date.parse(date) : Number.NaN) / 1000;
  return Number.isNaN(until) ? -1 : Math.min(Math.max(until, 0), LAST);
}
