import type { ts } from '../../kernel/syntax.ts';
import { textCompare } from './scalars.ts';
import { truthValue } from './terms.ts';
import { literal, literalOf, type Special, unknown, type Value } from './values.ts';

const sources = new WeakMap<Value, { readonly source: string; readonly flags: string }>();

/** A regular expression as written, `/…/flags`. */
export function regexp(written: string): Special {
  const end = written.lastIndexOf('/');
  const made: Special = {
    kind: 'special',
    name: 'RegExp',
    invoke: (method, [text = literal('')], node) =>
      method === 'test' || method === 'exec' ? matchesText(made, text, node) : undefined,
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

function tried({ source, flags }: { source: string; flags: string }, text: string): Value {
  try {
    return literal(new RegExp(source, flags).test(text));
  } catch {
    return unknown(source);
  }
}
