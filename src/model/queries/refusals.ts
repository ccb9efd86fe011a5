import type { Condition, Term } from '../../condition/condition.ts';
import type { Column } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import type { RefusedCode } from '../trace/errors.ts';
import { atom, type Formula } from '../trace/formula.ts';
import { declaredFor, isChecked, isSent, NUL } from '../trace/input-facts.ts';
import type { Machine } from '../trace/machine.ts';
import { placeAt } from '../trace/source.ts';
import { UUID } from '../trace/text-form.ts';

type InputTerm = Term & { readonly kind: 'input' };

/** A value of the request that PostgreSQL won't take, and the error it raises then. */
export interface Refusal {
  readonly code: RefusedCode;
  readonly when: Formula;
}

interface Sent {
  readonly term: InputTerm;
  readonly declared: JsonSchema;
  readonly at: Condition['at'];
}

const DAY = '^[0-9]{4}-[0-9]{2}-[0-9]{2}';
const INTEGER = '^-?[0-9]{1,9}$';
/** As many digits as any whole number has that PostgreSQL's bigint holds, which is more than JSON's numbers carry. */
const BIG_INTEGER = '^-?[0-9]{1,18}$';
const LARGEST: Readonly<Record<string, number>> = { integer: 2_147_483_647, smallint: 32_767 };

/** When a value of the request is none of a column's type; undefined where it always is one. */
export function refusalOf(
  machine: Machine,
  column: Column,
  about: { readonly term: InputTerm; readonly node: ts.Node; readonly stored: boolean },
): Refusal | undefined {
  const sent = column.array ? undefined : sentAs(machine, about);
  if (!sent) return undefined;
  if (column.type === 'uuid') return isPlainText(sent.declared) ? notLike(sent, UUID) : undefined;
  if (/^(timestamp|date)\b/.test(column.type))
    return isPlainText(sent.declared) ? notLike(sent, DAY, '22007') : undefined;
  if (/^(bigint|int8|bigserial)$/.test(column.type))
    return isPlainText(sent.declared) ? notLike(sent, BIG_INTEGER) : undefined;
  if (largestOf(column) !== undefined) return noNumber(column, sent);
  if (column.values) return noLabel(column.values, sent);
  return about.stored && column.maxLength !== null ? tooLong(column.maxLength, sent) : undefined;
}

/** When a text of the request holds the character that no text in PostgreSQL does. */
export function nulRefused(
  machine: Machine,
  about: { readonly term: InputTerm; readonly node: ts.Node },
): Refusal | undefined {
  const carried = /^(headers|cookies)$/.test(about.term.from);
  const sent = carried ? undefined : sentAs(machine, about);
  if (!sent || !isPlainText(sent.declared) || isReadOtherwise(sent.declared)) return undefined;
  return compared(sent, 'matches', NUL, '22021');
}

/** Whether code of the app's own has its say about a text before it is taken. */
function isReadOtherwise(schema: JsonSchema): boolean {
  const { 'x-transform': done } = schema;
  const own = Array.isArray(done) && !done.every((each) => KEEPING.has(each));
  return own || 'x-refine' in schema || 'x-pipe' in schema || schema['x-coerce'] === true;
}

/** What is done with a text and keeps the characters it holds. */
const KEEPING: ReadonlySet<unknown> = new Set(['trim', 'toLowerCase', 'toUpperCase', 'normalize']);

/** When a column that must hold something is given nothing. */
export function emptyRefused(
  machine: Machine,
  { nullable, default: otherwise }: Column,
  { term, node }: { readonly term: InputTerm; readonly node: ts.Node },
): Refusal | undefined {
  if (nullable || otherwise.kind !== 'none' || isSent(machine, term)) return undefined;
  const { from, path } = term;
  const missing = atom({ kind: 'input', is: 'missing', at: placeAt(node), from, path: [...path] });
  return { code: '23502', when: missing };
}

interface Counted {
  readonly term: InputTerm;
  readonly node: ts.Node;
  readonly code: RefusedCode;
  /** The least it may be; null where it is held to enough. */
  readonly least: number | null;
  /** What is no number does not come this far. */
  readonly number?: boolean;
}

/** When a number of rows, or of rows passed over, is none. */
export function noCount(machine: Machine, about: Counted): Refusal[] {
  const { term, node, code, least, number = false } = about;
  const sent = sentAs(machine, { term, node });
  if (!sent) return [];
  const { declared } = sent;
  const { minimum, exclusiveMinimum } = declared;
  const enough =
    least === null || Number(minimum) >= least || Number(exclusiveMinimum) >= least - 1;
  const negative = enough ? [] : [compared(sent, '<', least, code)];
  return isPlainText(declared) && !number ? [notLike(sent, INTEGER), ...negative] : negative;
}

/** What is declared of a value that the way here has not looked at; undefined where nothing can be said of it. */
function sentAs(
  machine: Machine,
  { term, node }: { readonly term: InputTerm; readonly node: ts.Node },
): Sent | undefined {
  if (isChecked(machine, term)) return undefined;
  const declared = declaredFor(machine, term);
  return declared === 'none' ? undefined : { term, declared, at: placeAt(node) };
}

/** The most that a column of numbers holds; undefined for others, and for those that hold more than is sent. */
function largestOf(column: Column): number | undefined {
  const [, digits, decimals = '0'] = /^numeric\((\d+)(?:,\s*(\d+))?\)$/.exec(column.type) ?? [];
  if (digits === undefined) return LARGEST[typeOf(column)];
  return Number(digits) > 15 ? undefined : 10 ** (Number(digits) - Number(decimals)) - 1;
}

function noNumber(column: Column, sent: Sent): Refusal | undefined {
  const { declared } = sent;
  const { type } = declared;
  const largest = largestOf(column) ?? 0;
  if (LARGEST[typeOf(column)] === undefined && type !== 'number' && type !== 'integer')
    return undefined;
  if (type === undefined || type === 'string')
    return isPlainText(declared) ? notLike(sent, INTEGER) : undefined;
  if (type !== 'integer' && type !== 'number') return undefined;
  const limits = [declared['maximum'], declared['exclusiveMaximum']];
  const limit = limits.find((each) => typeof each === 'number');
  const fits = limit !== undefined && limit <= largest;
  return fits ? undefined : compared(sent, '>', largest, '22003');
}

function noLabel(values: readonly string[], { term, declared, at }: Sent): Refusal | undefined {
  if (!isPlainText(declared)) return undefined;
  const of: Term[] = values.map((value) => ({ kind: 'literal', value }));
  return { code: '22P02', when: atom({ kind: 'member', at, term, of, holds: false }) };
}

function tooLong(longest: number, { term, declared, at }: Sent): Refusal | undefined {
  const { type, maxLength } = declared;
  const bounded = typeof maxLength === 'number' && maxLength <= longest;
  const text = type === 'string' || (type === undefined && Object.keys(declared).length === 0);
  const fixed = ['enum', 'const', 'pattern', 'anyOf', 'oneOf', 'allOf'].some(
    (key) => key in declared,
  );
  const short = /^(uuid|date|time|date-time)$/.test(String(declared['format']));
  if (!text || bounded || fixed || short) return undefined;
  const left: Term = { kind: 'call', fn: 'length', args: [term] };
  const right: Term = { kind: 'literal', value: longest };
  return { code: '22001', when: atom({ kind: 'input', is: 'compare', at, left, op: '>', right }) };
}

function notLike(sent: Sent, pattern: string, code: RefusedCode = '22P02'): Refusal {
  return compared(sent, 'not matches', pattern, code);
}

function compared(
  { term, at }: Sent,
  op: 'matches' | 'not matches' | '>' | '<',
  ...[value, code]: readonly [string | number, RefusedCode]
): Refusal {
  const right: Term = { kind: 'literal', value };
  return { code, when: atom({ kind: 'input', is: 'compare', at, left: term, op, right }) };
}

/** A column's type by its standard name, where it holds numbers. */
export function typeOf({ type }: Column): string {
  if (/^(int|integer|int4|serial|serial4)$/.test(type)) return 'integer';
  if (/^(smallint|int2|smallserial)$/.test(type)) return 'smallint';
  return type;
}

export function isText({ type, array, values }: Column): boolean {
  return !array && !values && /^(text|character|char|varchar|bpchar|citext)\b/.test(type);
}

/** Text of any form: no format, pattern or list of values narrows it. */
function isPlainText(schema: JsonSchema): boolean {
  const { type } = schema;
  if (type !== undefined && type !== 'string') return false;
  const narrow = ['format', 'pattern', 'enum', 'const', 'anyOf', 'oneOf', 'allOf'];
  return narrow.every((name) => schema[name] === undefined);
}
