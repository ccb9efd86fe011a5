import type { ts } from '../../kernel/syntax.ts';
import { called, choose, truthValue } from './terms.ts';
import { textCompare } from './text-compare.ts';
import {
  literal,
  literalOf,
  type Special,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

interface Source {
  readonly source: string;
  readonly flags: string;
}

const sources = new WeakMap<Value, Source>();

/** A regular expression as written, `/…/flags`. */
export function regexp(written: string): Special {
  const end = written.lastIndexOf('/');
  const made: Special = {
    kind: 'special',
    name: 'RegExp',
    invoke: (method, [text = literal('')], node) =>
      method === 'test'
        ? matchesText(made, text, node)
        : method === 'exec'
          ? matchOf(made, text, node)
          : undefined,
  };
  sources.set(made, { source: written.slice(1, end), flags: written.slice(end + 1) });
  return made;
}

/** Whether a text matches; undefined where the value is no regular expression. */
export function matchesText(pattern: Value, text: Value, node: ts.Node): Value | undefined {
  const said = sources.get(pattern);
  if (!said) return undefined;
  const known = literalOf(text);
  if (typeof known === 'string') return tried(said, known);
  if (text.kind !== 'term') return undefined;
  const source = said.flags.includes('i') ? `(?i)${said.source}` : said.source;
  return truthValue(textCompare(text, { op: 'matches', pattern: source }, node));
}

/** What `exec` and `match` give: the text and its groups, or null. */
export function matchOf(pattern: Value, text: Value, node: ts.Node): Value | undefined {
  const said = sources.get(pattern);
  const holds = matchesText(pattern, text, node);
  if (!said || holds?.kind !== 'test' || said.flags.includes('g')) return holds;
  return choose(holds.formula, groupsOf(said, text), literal(null));
}

function groupsOf({ source, flags }: Source, text: Value): Special {
  const part = (at: number) =>
    called(
      'matchPart',
      [text, literal(source), literal(at), literal(flags.includes('i') ? 'i' : '')],
      typed('string', at > 0),
    );
  const bare = source.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, '');
  const names = [...bare.matchAll(/\((?!\?)|\(\?<(\w+)>/g)].map(([, name]) => name);
  const named = (name: string) => {
    const at = names.indexOf(name);
    return at < 0 ? UNDEFINED : part(at + 1);
  };
  return {
    kind: 'special',
    name: 'match',
    get: (name) => {
      if (/^\d+$/.test(name)) return Number(name) > names.length ? UNDEFINED : part(Number(name));
      return name === 'groups' ? { kind: 'special', name: 'groups', get: named } : undefined;
    },
  };
}

/** What a text is once what a pattern finds in it is replaced; undefined where the pattern can't be tried. */
export function replacedIn(pattern: Value, text: string, by: string): Value | undefined {
  const said = sources.get(pattern);
  if (!said) return undefined;
  try {
    return literal(text.replace(new RegExp(said.source, said.flags), by));
  } catch {
    return undefined;
  }
}

/**
 * The text that a pattern splits at, where it is one but for blanks around it and for what stands behind it (`/\s+/`,
 * `/:(.+)/s`); of several letters (`/[,;]/`) the first. Undefined for any other.
 */
export function separatorOf(pattern: Value): string | undefined {
  const source = sources.get(pattern)?.source ?? '';
  if (/^(\\s| |\[ ?\\s\])[+*]?$/.test(source)) return ' ';
  if (/^(\\r\?)?\\n[+]?$/.test(source)) return '\n';
  const bare = source.replace(/^(\\s| )[*?+]?|(\\s| )[*?+]?$|\(\.[*+]\)$/g, '').replace(/\+$/, '');
  const [, one] =
    /^\[?\\?([^\w\s\\^$.|?*+(){}[\]])/.exec(bare) ?? /^\\([.|?*+(){}[\]/-])/.exec(bare) ?? [];
  return one !== undefined && /^(\\?.|\[[^^\]]+\])$/.test(bare) ? one : undefined;
}

/** What a text is split into at a pattern. */
export function splitAt(pattern: Value, text: string): readonly string[] | undefined {
  const said = sources.get(pattern);
  if (!said) return undefined;
  try {
    return text.split(new RegExp(said.source, said.flags)).map((part) => part ?? '');
  } catch {
    return undefined;
  }
}

function tried({ source, flags }: Source, text: string): Value {
  try {
    return literal(new RegExp(source, flags).test(text));
  } catch {
    return unknown(source);
  }
}
