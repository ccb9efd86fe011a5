import type { Imports, Looked } from './repo.ts';

/** What was looked at, as it is being noted. */
interface Looking extends Looked {
  readonly files: Set<string>;
  readonly imports: Map<string, Imports>;
  readonly outlines: Map<string, string>;
  readonly answered: (pattern: RegExp, path: string, found: boolean) => void;
}

/** Notes what is looked at of a repo's files: all of some, of others one answer. */
export function looking(): Looking {
  const matches = new Map<string, Map<string, boolean>>();
  return {
    files: new Set(),
    imports: new Map(),
    outlines: new Map(),
    matches,
    answered: (pattern, path, found) => {
      const key = String(pattern);
      const answers = matches.get(key) ?? new Map<string, boolean>();
      matches.set(key, answers.set(path, found));
    },
  };
}
