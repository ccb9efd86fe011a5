import type { Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { type Formula, isFalse, isTrue, not } from './formula.ts';
import type { Machine } from './machine.ts';
import { raiseOnce } from './other-type.ts';
import { assume } from './path.ts';
import { called, partsOf, termsIn, toTerm, truthValue } from './terms.ts';
import { compareValues } from './truth.ts';
import { literal, type Special, typed, unknown, type Value } from './values.ts';

/** The parts of an address that are text of their own. */
const PARTS = new Set([
  'hash',
  'host',
  'hostname',
  'href',
  'origin',
  'password',
  'pathname',
  'port',
  'protocol',
  'search',
  'username',
]);

/** `new URL(text)` of what a request or a row holds: its parts, once it is an address at all. */
export function readAddress(machine: Machine, given: Value, node: ts.Node): Special | undefined {
  const value = heldText(given);
  if (!value) return undefined;
  const is = isAddress(value, node);
  if (isFalse(is)) return undefined;
  if (!isTrue(is)) {
    const error = builtIn(
      ['TypeError', 'Error'],
      [
        ['message', literal('Invalid URL')],
        ['code', literal('ERR_INVALID_URL')],
      ],
    );
    raiseOnce(machine, { when: [not(is)], error }, node);
    assume(machine, is);
  }
  const part = (name: string) => called('urlPart', [value, literal(name)], typed('string'));
  return {
    kind: 'special',
    name: 'URL',
    get: (name) => (PARTS.has(name) ? part(name) : unknown(`url.${name}`, termsIn(value))),
    invoke: (method) => (/^to(String|JSON)$/.test(method) ? part('href') : undefined),
  };
}

/** `URL.canParse(text)` of such a text; undefined for any other. */
export function canParse(value: Value | undefined, node: ts.Node): Value | undefined {
  const held = value && heldText(value);
  return held && truthValue(isAddress(held, node));
}

function isAddress(value: Value, node: ts.Node): Formula {
  const is = called('isUrl', [value], typed('boolean'));
  return compareValues({ left: is, op: '=', right: literal(true) }, node);
}

/** A text that somebody gave, as one term; what stands in the environment is the operator's to set right. */
function heldText(value: Value): (Value & { readonly kind: 'term' }) | undefined {
  if (value.kind !== 'term' && value.kind !== 'choice') return undefined;
  const whole = toTerm(value);
  const isGiven = partsOf(whole).some(({ kind }) => kind === 'input' || kind === 'column');
  if (!isGiven || !isText(whole)) return undefined;
  const type = value.kind === 'term' ? value.type : typed('string', true);
  const isKnown = /^ur[il]$/.test(String(type.schema?.['format'] ?? ''));
  return isKnown ? undefined : { kind: 'term', term: whole, type };
}

function isText(part: Term): boolean {
  switch (part.kind) {
    case 'input':
    case 'column':
    case 'literal':
      return true;
    case 'choice':
      return isText(part.yes) && isText(part.no);
    case 'call':
      return TEXTS.has(part.fn) && part.args.every(isText);
    default:
      return false;
  }
}

const TEXTS = new Set(['trim', 'lower', 'upper', 'string', 'splitPart', 'coalesce']);
