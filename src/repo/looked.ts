import type { Imports, Looked } from './repo.ts';

/** What was looked at, as it is being noted. */
interface Looking extends Looked {
  readonly files: Set<string>;
  readonly imports: Map<string, Imports>;
  readonly outlines: Map<string, string>;
  readonly answered: (pattern: RegExp, path: string, found: boolean) => void;
  /** Notes what was noted elsewhere. */
  readonly include: (other: Looked) => void;
}

/** Notes what is looked at of a repo's files: all of some, of others one answer. */
export function looking(): Looking {
  const files = new Set<string>();
  const imports = new Map<string, Imports>();
  const outlines = new Map<string, string>();
  const matches = new Map<string, Map<string, boolean>>();
  return {
    files,
    imports,
    outlines,
    matches,
    answered: (pattern, path, found) => {
      const key = String(pattern);
      const answers = matches.get(key) ?? new Map<string, boolean>();
      matches.set(key, answers.set(path, found));
    },
    include: (other) => {
      for (const path of other.files) files.add(path);
      for (const [path, found] of other.imports) imports.set(path, found);
      for (const [path, found] of other.outlines) outlines.set(path, found);
      for (const [key, answers] of other.matches)
        matches.set(key, new Map([...(matches.get(key) ?? []), ...answers]));
    },
  };
}
