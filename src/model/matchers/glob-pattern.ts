/**
 * A glob as the regular expression of whole paths; undefined where it holds what no plain one can say. To most a folder
 * is one of the paths that `folder/**` takes, to minimatch it is not, but any path may end
 * in a slash.
 */
export function globPattern(glob: string, { folders = true } = {}): string | undefined {
  if (/^!|[@!+?*]\(/.test(glob)) return undefined;
  const parts = folders ? PARTS : PARTS.map((part) => (part.of === INSIDE.of ? INSIDE : part));
  let source = '';
  let depth = 0;
  for (let at = 0; at < glob.length; ) {
    const found = parts.find(({ of }) => glob.startsWith(of, at));
    if (found) {
      source += found.as;
      at += found.of.length;
      continue;
    }
    const letter = glob.charAt(at);
    if (letter === '[') return undefined;
    if (letter === '{') depth += 1;
    source += depth > 0 && letter in GROUPS ? GROUPS[letter] : quoted(letter);
    if (letter === '}') depth -= 1;
    at += 1;
  }
  return depth === 0 ? `^${source}${folders ? '' : '/?'}$` : undefined;
}

/** The longest first: what stands between slashes goes together with them. */
const PARTS: readonly { readonly of: string; readonly as: string }[] = [
  { of: '/**/', as: '/(?:[\\s\\S]*/)?' },
  { of: '/**', as: '(?:/[\\s\\S]*)?' },
  { of: '**/', as: '(?:[\\s\\S]*/)?' },
  { of: '**', as: '[\\s\\S]*' },
  { of: '/*', as: '/[^/]+' },
  { of: '*', as: '[^/]*' },
  { of: '?', as: '[^/]' },
];

const INSIDE = { of: '/**', as: '/[\\s\\S]*' };

const GROUPS: Readonly<Record<string, string>> = { '{': '(?:', ',': '|', '}': ')' };

function quoted(letter: string): string {
  return /[\\^$.|+()[\]{}]/.test(letter) ? `\\${letter}` : letter;
}
