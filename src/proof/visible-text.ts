const TOKEN =
  /<!--[\s\S]*?-->|<!doctype[^>]*>|<(\/?)([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
const UNSEEN = /^(head|script|style|template|noscript|svg|iframe|object)$/;
const INLINE =
  /^(a|abbr|b|bdi|bdo|cite|code|data|dfn|em|font|i|kbd|label|mark|q|s|samp|small|span|strong|sub|sup|time|u|var|wbr)$/;
const VOID = /^(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  rsquo: '’',
  lsquo: '‘',
  rdquo: '”',
  ldquo: '“',
  euro: '€',
  pound: '£',
  times: '×',
  middot: '·',
  copy: '©',
};

/** What a person would read of an HTML page: no markup, scripts or hidden elements, entities decoded. */
export function visibleText(html: string): string {
  const parts: string[] = [];
  let unseen: { name: string; depth: number } | null = null;
  let end = 0;
  for (const match of html.matchAll(TOKEN)) {
    if (!unseen) parts.push(html.slice(end, match.index));
    end = match.index + match[0].length;
    const name = match[2]?.toLowerCase();
    if (name === undefined) continue;
    const closing = match[1] === '/';
    if (unseen) unseen = closed(unseen, name, closing);
    else if (!closing && isUnseen(name, match[3] ?? '')) unseen = { name, depth: 1 };
    else if (!INLINE.test(name)) parts.push('\n');
  }
  if (!unseen) parts.push(html.slice(end));
  return squeeze(parts.map(decode).join(''));
}

/** Runs of white space as one space, none at the ends: how texts are compared. */
export function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function closed(unseen: { name: string; depth: number }, name: string, closing: boolean) {
  if (name !== unseen.name) return unseen;
  const depth = unseen.depth + (closing ? -1 : 1);
  return depth === 0 ? null : { name, depth };
}

function isUnseen(name: string, attributes: string): boolean {
  if (VOID.test(name) || /\/\s*$/.test(attributes)) return false;
  const bare = attributes.replace(/=\s*("[^"]*"|'[^']*')/g, '');
  return UNSEEN.test(name) || /(^|\s)hidden(\s|=|$)/i.test(bare);
}

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
