const KEPT_LINES = 400;
const LINE_LENGTH = 2000;
const OURS = 'statewright: ';

/** The last lines a process printed, with its secrets masked. */
export interface Logs {
  append(chunk: string): void;
  /** The last `count` lines, oldest first. */
  tail(count: number): readonly string[];
  /** How many lines there have been so far; what `since` takes. */
  mark(): number;
  since(mark: number): readonly string[];
  /** What our preload said in it (`refused …`, `guards …`), however long ago; the last hundred. */
  told(): readonly string[];
}

/** Keeps the last 400 lines; every text in `secrets` and every password in a URL is shown as `***`. */
export function keepLogs(secrets: readonly string[]): Logs {
  const lines: string[] = [];
  const told: string[] = [];
  let printed = 0;
  let rest = '';
  const keep = (line: string) => {
    if (line.startsWith(OURS)) told.push(mask(line.slice(OURS.length), secrets));
    if (told.length > 100) told.shift();
    lines.push(mask(line.slice(0, LINE_LENGTH), secrets));
    printed += 1;
    if (lines.length > KEPT_LINES) lines.shift();
  };
  const all = () => (rest === '' ? lines : [...lines, mask(rest, secrets)]);
  return {
    append(chunk) {
      const parts = (rest + chunk).split(/\r?\n/);
      rest = (parts.pop() ?? '').slice(0, LINE_LENGTH);
      for (const line of parts) keep(line);
    },
    tail: (count) => all().slice(-count),
    told: () => told,
    mark: () => printed,
    since: (mark) => {
      const wanted = printed - mark + (rest === '' ? 0 : 1);
      return wanted > 0 ? all().slice(-wanted) : [];
    },
  };
}

/** Values that must not be printed: those of variables named like secrets, and the passwords inside URLs. */
export function secretsOf(env: Readonly<Record<string, string>>): readonly string[] {
  const named = Object.entries(env)
    .filter(([name]) => /secret|token|passw|pwd|credential|private|api_?key|_key$/i.test(name))
    .map(([, value]) => value);
  const passwords = Object.values(env).flatMap((value) => {
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^/@]*?:([^@/]+)@/i.exec(value)?.[1];
    return password === undefined ? [] : [password, decoded(password)];
  });
  const secrets = [...new Set([...named, ...passwords])].filter((value) => value.length >= 4);
  return secrets.sort((a, b) => b.length - a.length);
}

function mask(line: string, secrets: readonly string[]): string {
  const known = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line);
  return known.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s@/]+@/gi, '$1***@');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
