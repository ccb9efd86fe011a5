import type { Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import { arrayOfAll, concat } from './composites.ts';
import { FILLED } from './made.ts';
import { matchesText, replacedIn, separatorOf, splitAt } from './regexps.ts';
import { textOf } from './source.ts';
import { called, choose, toTerm } from './terms.ts';
import { partsBetween } from './text-parts.ts';
import { compareValues } from './truth.ts';
import {
  literal,
  literalOf,
  stringOf,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

interface Called {
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** What a method gives of a text that is known as far as the method looks. */
export function knownText(value: Value, called: Called): Value | undefined {
  return onLiteral(value, called) ?? onKnownStart(value, called) ?? replaced(value, called);
}

/** What `split` gives: the parts between separators where they are known, else each as a term. */
export function splitText(value: Value, by: Value, node: ts.Node): Value {
  const said = stringOf(value);
  const written = stringOf(by);
  const separator = written ?? separatorOf(by);
  const at = (text: string) => (written === undefined ? splitAt(by, text) : text.split(written));
  const pieces = said === undefined ? undefined : at(said);
  if (pieces) return arrayOfAll(pieces.map((part) => literal(part)));
  const known = separator === undefined ? undefined : partsBetween(toTerm(value), separator);
  const parts = (known?.parts ?? []).map(joined);
  if (known?.isAll) return arrayOfAll(parts);
  const between = separator === undefined ? by : literal(separator);
  const part = (index: number) => {
    const type =
      index === 0 && startsFilled(value, separator) ? FILLED : typed('string', index > 0);
    return called('splitPart', [value, between, literal(index)], type);
  };
  const all = [0, 1, 2, 3].map((index) => parts[index] ?? part(index));
  const split = arrayOfAll(all);
  return { ...split, count: { of: split.items.value, value: countOf(all, node) } };
}

/** Blanks around a header's value are none of it: there is something before the first one inside. */
function startsFilled(value: Value, separator: string | undefined): boolean {
  const isHeader =
    value.kind === 'term' && value.term.kind === 'input' && value.term.from === 'headers';
  return isHeader && separator !== undefined && /^[ \t]/.test(separator);
}

/** How many parts there are: as many as are there before the first that is not, or more than are looked at. */
function countOf([, ...parts]: readonly Value[], node: ts.Node): Value {
  const least = { type: 'number', minimum: parts.length + 1 };
  const more = called('length', [unknown(textOf(node))], { ...typed('number'), schema: least });
  return parts.reduceRight((count, part, index) => {
    const isThere = compareValues({ left: part, op: '!=', right: literal(null) }, node);
    return choose(isThere, count, literal(index + 1));
  }, more);
}

function joined(parts: readonly Term[]): Value {
  const [only] = parts;
  if (only && parts.length === 1) return term(only, typed('string'));
  return concat(parts.map((part) => term(part, typed('string'))));
}

function onLiteral(value: Value, { name, args }: Called): Value | undefined {
  const said = stringOf(value);
  const given = args.map(literalOf);
  if (said === undefined || given.some((arg) => arg === undefined || arg === null))
    return undefined;
  if (name === 'toLowerCase') return literal(said.toLowerCase());
  if (name === 'toUpperCase') return literal(said.toUpperCase());
  if (name === 'trim') return literal(said.trim());
  if (name === 'slice') return literal(said.slice(...given.map(Number)));
  if (name === 'substring')
    return literal(said.substring(Number(given[0]), ...given.slice(1).map(Number)));
  return undefined;
}

/** A piece of a text whose start is written out, where it begins within that. */
function onKnownStart(value: Value, { name, args }: Called): Value | undefined {
  if (name !== 'slice' && name !== 'substring') return undefined;
  const [head, ...rest] = partsOfText(value);
  const start = head && stringOf(term(head, typed('string')));
  const [from = 0, to] = args.map(literalOf);
  if (typeof from !== 'number' || from < 0 || start === undefined || from > start.length)
    return undefined;
  if (args.length < 2) return joined([{ kind: 'literal', value: start.slice(from) }, ...rest]);
  const within = typeof to === 'number' && to >= from && to <= start.length;
  return within ? literal(start.slice(from, to)) : undefined;
}

function partsOfText(value: Value): readonly Term[] {
  const whole = value.kind === 'term' ? value.term : undefined;
  return whole?.kind === 'call' && whole.fn === 'concat' ? whole.args : [];
}

/** `text.replace(pattern, text)` where the text is known, or never holds the pattern. */
function replaced(value: Value, { name, args, node }: Called): Value | undefined {
  if (!/^replace(All)?$/.test(name)) return undefined;
  const [pattern = UNDEFINED, by = UNDEFINED] = args;
  const said = stringOf(value);
  const sought = stringOf(pattern);
  const instead = stringOf(by);
  if (said !== undefined && instead !== undefined) {
    if (sought === undefined) return replacedIn(pattern, said, instead);
    const all = name === 'replaceAll';
    return literal(
      all ? said.replaceAll(sought, () => instead) : said.replace(sought, () => instead),
    );
  }
  if (sought !== undefined || partsOfText(value).length === 0) return undefined;
  const found = matchesText(pattern, value, node);
  return found && literalOf(found) === false ? value : undefined;
}
