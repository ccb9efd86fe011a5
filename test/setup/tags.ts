/** An element of an HTML or XML text: its attributes unescaped, and where it stands. */
export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inside: readonly string[];
  readonly text: string;
}

const VOID = new Set(['meta', 'link', 'input', 'br', 'hr', 'img']);
const RAW = new Set(['script', 'style']);

/** Every element of a text in order; throws where elements are not properly closed or nested. */
export function readTags(text: string): readonly Tag[] {
  const tags: {
    name: string;
    attributes: Record<string, string>;
    inside: string[];
    text: string;
  }[] = [];
  const open: { name: string; tag: number; from: number }[] = [];
  const scanner =
    /<!--[\s\S]*?-->|<[!?][^>]*>|<\/([\w-]+)\s*>|<([\w-]+)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>|</g;
  for (let found = scanner.exec(text); found; found = scanner.exec(text)) {
    const [all, closing, opening, attributes = '', selfClosed] = found;
    if (all === '<') throw new Error(`stray < at ${text.slice(found.index, found.index + 60)}`);
    if (closing !== undefined) {
      const last = open.pop();
      if (last?.name !== closing) throw new Error(`</${closing}> closes <${last?.name}>`);
      tags[last.tag]!.text = RAW.has(closing) ? '' : plainText(text.slice(last.from, found.index));
    }
    if (opening === undefined) continue;
    tags.push({
      name: opening,
      attributes: pairs(attributes),
      inside: open.map((each) => each.name),
      text: '',
    });
    if (selfClosed === '/' || VOID.has(opening)) continue;
    open.push({ name: opening, tag: tags.length - 1, from: scanner.lastIndex });
    if (RAW.has(opening)) scanner.lastIndex = text.indexOf(`</${opening}>`, scanner.lastIndex);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is never closed`);
  return tags;
}

function plainText(markup: string): string {
  const bare = markup.replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/g, '');
  return unescaped(bare.replaceAll(/<[^>]*>/g, ''));
}

function pairs(text: string): Record<string, string> {
  const found = [...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)];
  const names = found.map(([, name = '']) => name);
  if (new Set(names).size < names.length) throw new Error(`an attribute twice in ${text}`);
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, unescaped(value)]));
}

function unescaped(text: string): string {
  if (/&(?!(lt|gt|quot|apos|amp|#\d+);)/.test(text)) throw new Error(`bare & in ${text}`);
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll(/&#(\d+);/g, (_, point) => String.fromCodePoint(Number(point)))
    .replaceAll('&amp;', '&');
}
