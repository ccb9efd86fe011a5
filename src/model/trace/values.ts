import type { InputPart, Term } from '../../condition/condition.ts';
import type { Column, Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema, Registered, Template } from '../reader.ts';
import type { Formula } from './formula.ts';
import { isTooLarge } from './term-size.ts';

/** A variable that branches may set; `merge` joins what two sides left in it. */
export interface Cell<T> {
  value: T;
  readonly merge: (when: Formula, yes: T, no: T) => T;
  /** Cells are numbered as they are made: a branch takes back only changes to those made before it. */
  readonly born: number;
}

let cells = 0;

export function cell<T>(value: T, merge: Cell<T>['merge']): Cell<T> {
  cells += 1;
  return { value, merge, born: cells };
}

/** Whether there may be more than is known: there may where either side left it so. */
export function openCell(open: boolean): Cell<boolean> {
  return cell(open, (_when, yes, no) => yes || no);
}

/** The number of the newest cell. */
export function newest(): number {
  return cells;
}

export type Fields = ReadonlyMap<string, Value>;

/** Values that are written out. */
export type Labels = readonly (string | number | boolean | null)[];

/** An element; one with `when` is there only under that condition. */
export interface Item {
  readonly value: Value;
  readonly when: Formula | null;
  /** It may stand elsewhere among the others: they were sorted. */
  readonly moved?: true;
}

export interface Type {
  readonly base: 'string' | 'number' | 'boolean' | 'instant' | 'unknown';
  readonly nullable: boolean;
  readonly schema: JsonSchema | null;
}

/** Names in reach where code runs. */
export interface Scope {
  readonly names: Map<string, Cell<Value>>;
  readonly parent: Scope | null;
  readonly self: Value | null;
  /** The class whose member runs here, for `super`. */
  readonly home: ClassValue | null;
  readonly file: string;
  /** What names around a registered handler stood for when it was registered. */
  readonly bound?: Registered['bound'];
}

export interface ClassValue {
  readonly kind: 'class';
  readonly node: ts.ClassLikeDeclaration;
  readonly scope: Scope;
}

/** One row of a query: its columns carry `id`, it is there when `query` has a row. */
export interface RowValue {
  readonly kind: 'row';
  readonly query: string;
  readonly id: string;
  readonly table: Table | null;
  /** What a projection or loaded relations put beside or in place of the columns. */
  readonly fields: Fields;
  /** True where the row is there whatever the data. */
  readonly sure: boolean;
  /** The properties of the columns it was read with, where that is not all of them. */
  readonly only?: ReadonlySet<string>;
}

/** Rows of a query, or what a `map` made of each; `element` makes one for a row id. */
export interface ListValue {
  readonly kind: 'list';
  readonly query: string;
  readonly element: (id: string) => Value;
  /** Reads what the query loads beside its rows, where no code has looked at it yet. */
  readonly load?: () => void;
  /** One row sums up whatever the query reads, be that nothing. */
  readonly single?: true;
}

/** An object with behaviour of its own: a drizzle builder, Hono's context, a known function. */
export interface Special {
  readonly kind: 'special';
  readonly name: string;
  readonly get?: (name: string, node: ts.Node) => Value | undefined;
  readonly invoke?: (method: string, args: readonly Value[], node: ts.Node) => Value | undefined;
  readonly call?: (args: readonly Value[], node: ts.Node) => Value;
  /** Answers the request, where code that is not read was given it to fill. */
  readonly answer?: (node: ts.Node) => void;
  /** What assigning to one of its properties does. */
  readonly set?: (name: string, value: Value) => void;
  /** What a schema makes of it: when it satisfies the schema, and what it is then. */
  readonly checked?: (
    schema: JsonSchema | null,
    node: ts.Node,
  ) => { readonly valid: Formula; readonly data: Value };
  /** As a template's tag. */
  readonly tag?: (text: Template, node: ts.Node) => Value;
  /** What `await` gives. */
  readonly settle?: () => Value;
  /** What `...` copies of it; `open` where that may be more. */
  readonly own?: () => { readonly fields: Fields; readonly open: boolean };
  /** What `yield*` gives of it, or of a class that extends it and its instances (`self`). */
  readonly delegate?: (self: Value, node: ts.Node) => Value;
  /** What it shows as an element of a page. */
  readonly element?: Value;
  /** One value for `when ? this : other`, where the two can be told apart by what they hold. */
  readonly joined?: (when: Formula, other: Special) => Value | undefined;
}

/** Gives the row id that a table (by alias, else by table id) has inside one query. */
export type Bind = (source: string) => string | undefined;

export interface Response {
  readonly kind: 'respond' | 'redirect' | 'render';
  readonly status: Value | null;
  readonly body: Value | null;
  readonly text: readonly Value[];
  readonly location: Value | null;
  /** Put on screen by a browser alone. */
  readonly inBrowser?: boolean;
  readonly node: ts.Node;
}

export type Value =
  | { readonly kind: 'undefined' }
  /** `sure` where it is there whenever code comes to it, whatever its place in the request says. */
  | { readonly kind: 'term'; readonly term: Term; readonly type: Type; readonly sure?: true }
  | { readonly kind: 'test'; readonly formula: Formula }
  /** `open`: it may have fields beside these. */
  | { readonly kind: 'object'; readonly fields: Cell<Fields>; readonly open: Cell<boolean> }
  | {
      readonly kind: 'array';
      readonly items: Cell<readonly Item[]>;
      /** How many there are as long as the items are these, where not each of them needs to be there. */
      readonly count?: { readonly of: readonly Item[]; readonly value: Value };
    }
  | ListValue
  | RowValue
  | ClosureValue
  | ClassValue
  | InstanceValue
  | Special
  | { readonly kind: 'package'; readonly package: string; readonly name: string }
  | { readonly kind: 'module'; readonly file: string }
  | TableValue
  | { readonly kind: 'column'; readonly source: string; readonly column: Column }
  /** `sums`: it is asked of all rows together (`count(*) > 0`). */
  | { readonly kind: 'sqlTest'; readonly test: (bind: Bind) => Formula; readonly sums?: true }
  /** `apart`: a subquery's value, read for each row and never taken over them. */
  | {
      readonly kind: 'sqlTerm';
      readonly make: (bind: Bind) => Term;
      readonly type: Type;
      readonly apart?: true;
    }
  | SchemaValue
  | { readonly kind: 'response'; readonly response: Response }
  | { readonly kind: 'jsx'; readonly parts: readonly Value[] }
  | ChoiceValue
  /** `labels`: all that it may be, where that is known. */
  | {
      readonly kind: 'unknown';
      readonly text: string;
      readonly terms: readonly Term[];
      readonly labels?: Labels;
    };

/** A validator's schema: the call that makes it, and where its names mean something. */
export interface SchemaValue {
  readonly kind: 'schema';
  /** The package that made it. */
  readonly package: string;
  readonly file: string;
  readonly node: ts.Expression;
  readonly scope: Scope;
}

export interface ChoiceValue {
  readonly kind: 'choice';
  readonly when: Formula;
  readonly yes: Value;
  readonly no: Value;
}

export interface ClosureValue {
  readonly kind: 'closure';
  readonly node: ts.FunctionLikeDeclaration;
  readonly scope: Scope;
  /** What `bind` gave it. */
  readonly bound?: { readonly self: Value; readonly args: readonly Value[] };
}

/** `ancestry` names the classes from its own up to the built-in one. */
export interface InstanceValue {
  readonly kind: 'instance';
  readonly of: ClassValue | null;
  readonly ancestry: readonly string[];
  readonly fields: Cell<Fields>;
}

/** `source` is how a query knows it: its alias, else its table id. */
export interface TableValue {
  readonly kind: 'table';
  readonly table: Table;
  readonly source: string;
}

export const UNDEFINED: Value = { kind: 'undefined' };
const UNTYPED: Type = { base: 'unknown', nullable: false, schema: null };

export function term(value: Term, type: Type = UNTYPED): Value {
  if (isTooLarge(value)) return unknown('a value put together of too many');
  return { kind: 'term', term: value, type };
}

export function typed(base: Type['base'], nullable = false): Type {
  return { base, nullable, schema: null };
}

export function literal(value: string | number | boolean | null): Value {
  return term({ kind: 'literal', value }, typed(baseOf(value), value === null));
}

function baseOf(value: unknown): Type['base'] {
  const base = typeof value;
  return base === 'string' || base === 'number' || base === 'boolean' ? base : 'unknown';
}

export function unknown(text: string, terms: readonly Term[] = [], labels?: Labels): Value {
  const few = terms.length <= TERMS ? terms : [...new Set(terms)].slice(0, TERMS);
  return { kind: 'unknown', text, terms: few, ...(labels && { labels }) };
}

/** As many terms as are worth naming: what is made of what is not known would add them up without end. */
const TERMS = 12;

export function input(from: InputPart, path: readonly string[], schema: JsonSchema | null): Value {
  return term({ kind: 'input', from, path }, schemaType(schema));
}

export function schemaType(schema: JsonSchema | null): Type {
  const said = schema?.['type'];
  const list = Array.isArray(said) ? said : [said];
  const nullable = list.includes('null');
  const name = list.find((item) => item !== 'null');
  const base =
    name === 'integer' || name === 'number'
      ? 'number'
      : name === 'string' || name === 'boolean'
        ? name
        : 'unknown';
  return { base, nullable, schema };
}

export function native(name: string, call: NonNullable<Special['call']>): Value {
  return { kind: 'special', name, call };
}

/** The literal a value is, `undefined` where it is none. */
export function literalOf(value: Value | undefined): string | number | boolean | null | undefined {
  if (value?.kind !== 'term' || value.term.kind !== 'literal') return undefined;
  const said = value.term.value;
  return typeof said === 'object' && said !== null ? undefined : said;
}

export function stringOf(value: Value | undefined): string | undefined {
  const said = literalOf(value);
  return typeof said === 'string' ? said : undefined;
}
