import { StatewrightError } from '../../kernel/errors.ts';

/** A path inside a repo, from its root, without `.` parts. Throws `service.badPath`. */
export function checkPath(path: string): string {
  const parts = path.split('/');
  const bad =
    path === '' ||
    path.length > 1_000 ||
    path.startsWith('/') ||
    /^[a-z]:/i.test(path) ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    /[\\\u0000-\u001f]/.test(path) ||
    parts.some((part) => part === '..');
  if (!bad) return parts.filter((part) => part !== '' && part !== '.').join('/');
  throw new StatewrightError(
    'service.badPath',
    `${JSON.stringify(path.slice(0, 200))} is no path inside a repo.`,
    {
      hint: 'Name files from the root of the repo, with forward slashes and no "..".',
    },
  );
}
