import type { Place } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import { placeOf, tokensOf } from '../place.ts';

const places = new WeakMap<ts.Node, Place>();
const texts = new WeakMap<ts.Node, string>();

/** `placeOf`, remembered. */
export function placeAt(node: ts.Node): Place {
  const known = places.get(node);
  if (known) return known;
  const place = placeOf(node);
  places.set(node, place);
  return place;
}

/** A node's text on one line, without comments, cut to a length for people. */
export function textOf(node: ts.Node, length = 160): string {
  let text = texts.get(node);
  if (text === undefined) {
    const plain = node.getText();
    text = /\/\/|\/\*/.test(plain) ? tokensOf(node).join(' ') : plain.replace(/\s+/g, ' ');
    texts.set(node, text);
  }
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
