import type { ts } from '../../kernel/syntax.ts';
import { all, atom, type Formula, not } from './formula.ts';
import { isScreen } from './in-every-case.ts';
import { FILLED, isFilledText } from './made.ts';
import { rowField } from './row-fields.ts';
import { placeAt } from './source.ts';
import { called, choose, fieldsCell, termsIn, toTerm } from './terms.ts';
import {
  cell,
  type Fields,
  type Item,
  literal,
  schemaType,
  stringOf,
  typed,
  unknown,
  type Value,
} from './values.ts';

/** What `...value` puts into an object. */
export function spreadFields(value: Value): { fields: Fields; open: boolean } {
  switch (value.kind) {
    case 'object':
      return { fields: value.fields.value, open: value.open.value };
    case 'instance':
      return { fields: value.fields.value, open: false };
    case 'row':
      return { fields: rowFields(value), open: value.table === null };
    case 'undefined':
      return { fields: new Map(), open: false };
    case 'choice': {
      const yes = spreadFields(value.yes);
      const no = spreadFields(value.no);
      const cell = fieldsCell(new Map());
      return { fields: cell.merge(value.when, yes.fields, no.fields), open: yes.open || no.open };
    }
    case 'term':
      return { fields: inputFields(value), open: true };
    case 'special':
      return value.own?.() ?? { fields: new Map(), open: true };
    default:
      return { fields: new Map(), open: true };
  }
}

function rowFields(row: Value & { kind: 'row' }): Fields {
  const all = row.table?.columns ?? [];
  const columns = all.filter(({ property }) => row.only?.has(property) ?? true);
  return new Map([
    ...columns.map(({ property }): [string, Value] => [property, rowField(row, property)]),
    ...row.fields,
  ]);
}

function inputFields(value: Value & { kind: 'term' }): Fields {
  const properties = value.type.schema?.['properties'];
  const whole = toTerm(value);
  if (typeof properties !== 'object' || properties === null || whole.kind !== 'input')
    return new Map();
  return new Map(
    Object.entries(properties).map(([name, part]) => [
      name,
      { kind: 'term', term: { ...whole, path: [...whole.path, name] }, type: schemaType(part) },
    ]),
  );
}

/** `{ ...before, ...value }`: what may be left out of a request leaves what was there before. */
export function spreadOver(
  before: Fields,
  value: Value,
  node: ts.Node,
): { fields: Fields; open: boolean } {
  if (value.kind === 'choice') {
    const yes = spreadOver(before, value.yes, node);
    const no = spreadOver(before, value.no, node);
    const { merge } = fieldsCell(before);
    return { fields: merge(value.when, yes.fields, no.fields), open: yes.open || no.open };
  }
  const { fields, open } = spreadFields(value);
  const over = [...fields].map(([name, field]): [string, Value] => {
    const old = before.get(name);
    const given = old && optionalIn(value, { name, node });
    return [name, given ? choose(given, field, old) : field];
  });
  return { fields: new Map([...before, ...over]), open };
}

/** That a part a schema lets a request leave out is there. */
function optionalIn(
  value: Value,
  { name, node }: { name: string; node: ts.Node },
): Formula | undefined {
  if (value.kind !== 'term' || value.term.kind !== 'input') return undefined;
  const required = value.type.schema?.['required'];
  if (Array.isArray(required) && required.includes(name)) return undefined;
  const { from, path } = value.term;
  return atom({
    kind: 'input',
    is: 'present',
    at: placeAt(node),
    from,
    path: [...path, name],
  });
}

/** What `...value` puts into an array or an argument list. */
export function spreadItems(value: Value): readonly Item[] {
  if (value.kind === 'array') return value.items.value;
  if (value.kind === 'choice') {
    return [
      ...spreadItems(value.yes).map((item) => ({
        ...item,
        when: all([value.when, item.when ?? all([])]),
      })),
      ...spreadItems(value.no).map((item) => ({
        ...item,
        when: all([not(value.when), item.when ?? all([])]),
      })),
    ];
  }
  return value.kind === 'undefined'
    ? []
    : [{ value: unknown('spread', termsIn(value)), when: null }];
}

/** An array with these elements; two branches' additions keep their conditions. */
export function arrayOf(items: readonly Item[]): Value & { kind: 'array' } {
  return { kind: 'array', items: cell(items, mergeItems) };
}

/** An array of values that are all there. */
export function arrayOfAll(values: readonly Value[]): Value & { kind: 'array' } {
  return arrayOf(values.map((value) => ({ value, when: null })));
}

function mergeItems(when: Formula, yes: readonly Item[], no: readonly Item[]) {
  let same = 0;
  while (same < yes.length && same < no.length && yes[same] === no[same]) same += 1;
  const under = (side: Formula, items: readonly Item[]) =>
    items.slice(same).map((item) => ({ ...item, when: item.when ? all([side, item.when]) : side }));
  return [...yes.slice(0, same), ...under(when, yes), ...under(not(when), no)];
}

/** As many texts are written out as one may be of its parts' several. */
const WORDINGS = 64;

/** Texts one after another; literals join. */
export function concat(parts: readonly Value[]): Value {
  if (parts.some(isScreen)) return { kind: 'jsx', parts };
  const wordings = parts.reduce((count, part) => count * wordingsOf(part), 1);
  const split = wordings > WORDINGS ? -1 : parts.findIndex(isWordChoice);
  const choice = parts[split];
  if (choice?.kind === 'choice') {
    const instead = (part: Value) => concat(parts.with(split, part));
    return choose(choice.when, instead(choice.yes), instead(choice.no));
  }
  const joined: Value[] = [];
  for (const part of parts) {
    const said =
      part.kind === 'term' && part.term.kind === 'literal' ? String(part.term.value) : undefined;
    const before = stringOf(joined.at(-1));
    if (said !== undefined && before !== undefined) joined.splice(-1, 1, literal(before + said));
    else joined.push(said === undefined ? part : literal(said));
  }
  const [only] = joined;
  if (!only) return literal('');
  if (joined.length === 1 && stringOf(only) !== undefined) return only;
  return called('concat', joined, joined.some(isFilledText) ? FILLED : typed('string'));
}

/** One of several texts written out: what they are put into is several texts as well. */
function isWordChoice(value: Value): boolean {
  return value.kind === 'choice' && [value.yes, value.no].every((each) => isWord(each));
}

function wordingsOf(value: Value): number {
  return value.kind === 'choice' && isWordChoice(value)
    ? wordingsOf(value.yes) + wordingsOf(value.no)
    : 1;
}

function isWord(value: Value): boolean {
  return isWordChoice(value) || stringOf(value) !== undefined;
}
