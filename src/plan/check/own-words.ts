import type { App } from '../../model/model.ts';

/** What an app's own code says, as far as its model keeps it. */
interface Words {
  readonly texts: ReadonlySet<string>;
  /** The variables it reads. */
  readonly variables: ReadonlySet<string>;
  /** The headers it reads, in small letters. */
  readonly headers: ReadonlySet<string>;
}

const KNOWN = new WeakMap<App, Words>();

export function ownWords(app: App): Words {
  const before = KNOWN.get(app);
  if (before) return before;
  const texts = new Set<string>();
  const variables = new Set(Object.keys(Object(app.variables?.['properties'])));
  const headers = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') texts.add(value);
    if (typeof value !== 'object' || value === null) return;
    const { kind, name, text, from, path } = value as Readonly<Record<string, unknown>>;
    if (kind === 'env') variables.add(String(name));
    if (from === 'headers') headers.add(String(path).toLowerCase());
    if (kind === 'opaque') {
      for (const [word] of String(text).matchAll(/\b[A-Z][A-Z0-9_]+\b/g)) variables.add(word);
    }
    Object.values(value).forEach(visit);
  };
  visit(app);
  const found = { texts, variables, headers };
  KNOWN.set(app, found);
  return found;
}
