/** `/a/:b*`, `/a/:b(\\d+)`, `/a{/:b}`, `/*c` and `/((?!api).*)` as the regular expression of whole paths. */
export function pathPattern(pattern: string): string {
  return `^${sourceOf(optional(pattern))}/?$`;
}

function sourceOf(pattern: string): string {
  const named = /\/:\w+(\((?:[^()]|\([^()]*\))*\))?([*+?]?)/g;
  let source = '';
  let end = 0;
  for (const found of pattern.matchAll(named)) {
    const [whole, within, many] = found;
    source += literalIn(pattern.slice(end, found.index));
    source += segments(within ?? '[^/]+', many ?? '');
    end = found.index + whole.length;
  }
  return source + literalIn(pattern.slice(end));
}

function segments(one: string, many: string): string {
  if (many === '*') return `(?:/${one})*`;
  if (many === '+') return `(?:/${one})+`;
  return many === '?' ? `(?:/${one})?` : `/${one}`;
}

/** Groups in braces may be left out, and a star with a name takes what is there. */
function optional(pattern: string): string {
  return pattern
    .replaceAll('{', '(?:')
    .replaceAll('}', ')?')
    .replace(/\/\*\w+/g, '/([\\s\\S]+)');
}

/** Groups are regular expressions already; a dot outside of them is a dot. */
function literalIn(text: string): string {
  let depth = 0;
  let source = '';
  for (const letter of text) {
    if (letter === '(') depth += 1;
    source += letter === '.' && depth === 0 ? '\\.' : letter;
    if (letter === ')') depth -= 1;
  }
  return source;
}
