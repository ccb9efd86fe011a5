import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { compareTerms } from './compare.ts';
import { all, FALSE, type Formula, isFalse, isTrue, not, some, TRUE } from './formula.ts';
import { atomsOf, isSent } from './input-facts.ts';
import type { Machine, Read } from './machine.ts';
import { propertyOfNoBody } from './other-type.ts';
import { branch } from './path.ts';
import { placeAt, textOf } from './source.ts';
import { called, endsOf, toTerm } from './terms.ts';
import { presence } from './truth.ts';
import { literal, literalOf, typed, unknown, type Value } from './values.ts';

/** What is asked of a value that may be nothing: a row that was looked up, a part the request may leave out. */
const TELLING: ReadonlySet<string> = new Set(['exists', 'absent', 'input', 'actor']);

/** Whatever is read of a value, by its name or as the value is taken apart, throws where it is nothing. */
export function readOf(machine: Machine, owner: Value, node: ts.Node): void {
  nothingThrows(machine, owner, node);
  propertyOfNoBody(machine, owner, node);
}

/** Reading a property of nothing throws; what a page shows without its rows is told by its screens. */
export function nothingThrows(machine: Machine, owner: Value, node: ts.Node): void {
  if (machine.browser || machine.endpoint.kind === 'page') return;
  const there = mayBeNothing(machine, owner, node);
  if (!there || !atomsOf(there).some(({ kind }) => TELLING.has(kind))) return;
  branch(machine, there, {
    yes: () => undefined,
    no: () => machine.throwValue(typeError('Cannot read properties of '), node),
  });
}

function typeError(start: string): Value {
  const text = called('concat', [literal(start), unknown('value')], typed('string'));
  return builtIn(['TypeError', 'Error'], [['message', text]]);
}

/** Code that needs a text or bytes throws where it is given what is, in some cases, nothing. */
export function absentThrows(machine: Machine, value: Value, node: ts.Node): void {
  const absent = absence(value);
  // Nothing in every case is what could not be followed.
  if (isFalse(absent) || isTrue(absent)) return;
  branch(machine, absent, {
    yes: () => machine.throwValue(typeError('The "data" argument must be of type '), node),
    no: () => undefined,
  });
}

/** The cases in which nothing was given to a value. */
function absence(value: Value): Formula {
  if (value.kind === 'undefined' || literalOf(value) === null) return TRUE;
  if (value.kind !== 'choice') return FALSE;
  return some([all([value.when, absence(value.yes)]), all([not(value.when), absence(value.no)])]);
}

/** When a value is there, where code can come to it without one. */
function mayBeNothing(machine: Machine, owner: Value, node: ts.Node): Formula | undefined {
  if (owner.kind === 'row') {
    const read = machine.reads.find(({ id }) => id === owner.query);
    const one = read && !owner.sure && !read.many && read.of === null;
    return one && !isReadAgain(machine, read) ? presence(owner, node) : undefined;
  }
  if (owner.kind === 'choice') {
    const ends = endsOf(owner);
    const rows = ends.filter(({ kind }) => kind === 'row').length;
    const open = rows > 0 && rows < ends.length && ends.every(isRowOrNothing);
    return open ? presence(owner, node) : undefined;
  }
  if (owner.kind !== 'term' || owner.term.kind !== 'input' || owner.type.base === 'boolean')
    return undefined;
  if (owner.sure || isSent(machine, owner.term)) return undefined;
  const terms = { left: toTerm(owner), op: '!=', right: { kind: 'literal', value: null } } as const;
  return compareTerms(terms, { at: placeAt(node), text: textOf(node) });
}

function isRowOrNothing(value: Value): boolean {
  return value.kind === 'row' || value.kind === 'undefined' || literalOf(value) === null;
}

/** A row of a table that another read found a row of is, as a rule, that row read again. */
function isReadAgain(machine: Machine, { id, table }: Read): boolean {
  return machine.path.facts.flatMap(atomsOf).some((fact) => {
    if (fact.kind !== 'exists' || fact.query === id) return false;
    const other = machine.reads.find((read) => read.id === fact.query);
    const joined = other?.joins.filter(({ inner }) => inner) ?? [];
    return [other, ...joined].some((each) => each?.table === table);
  });
}
