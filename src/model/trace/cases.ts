import type { Condition, Term } from '../../condition/condition.ts';
import type { Case, Query } from '../model.ts';
import { bodyFacts, bodyUnder } from './body-facts.ts';
import type { Branch } from './branches.ts';
import { fromConditions, toConditions } from './conditions.ts';
import { type Found, withoutDoubts } from './endings.ts';
import { knownBy } from './facts.ts';
import {
  all,
  type Formula,
  factsOf,
  formulaKey,
  given,
  isContradiction,
  isFalse,
  isTouched,
  isTrue,
  not,
  weightOf,
} from './formula.ts';
import { NUL } from './input-facts.ts';
import { keyOf } from './keys.ts';
import { type Machine, tableOfRow } from './machine.ts';
import { say } from './outcome-ids.ts';
import { ranUnder } from './steps.ts';
import { hasPart } from './term-parts.ts';
import { withinSchemas } from './within-schemas.ts';

/** As many branches of one ending are told. */
const MOST = 16;

/** And as many looked at. */
const LOOKED = 64;

/** What is longer says nothing. */
const HEAVIEST = 24;

/** One side of a branch. */
interface Side {
  readonly when: Formula;
  readonly rows: readonly Query[];
}

/** The sides of the branches on the way to an ending that both lead to it, each once. */
export function casesOf(machine: Machine, found: Found, when: readonly Condition[]): Case[] {
  const known = fromConditions(when);
  const sides = sidesOf(apartIn(machine, found, known));
  const told = sides.filter((side) => !isFalse(withinSchemas(machine, all([known, side.when]))));
  return named(told.map((side) => caseOf(found, known, side)));
}

/** The branches that an ending leaves open, as far as it does. */
function apartIn(machine: Machine, found: Found, known: Formula): Branch[] {
  const sure = new Set([...knownBy(factsOf(found.when)), ...knownBy(factsOf(known))]);
  const kept = new Map<string, Branch>();
  for (const branch of found.branches.slice(0, LOOKED)) {
    const when = given(withoutDoubts(branch.when), sure);
    const isTold = !isTrue(when) && !isFalse(when) && weightOf(when) <= HEAVIEST;
    const key = formulaKey(when);
    if (!isTold || kept.has(key) || isNothing(machine, when) || isOfGuards(machine, when)) continue;
    if (![when, not(when)].every((side) => isOpen(machine, known, side))) continue;
    kept.set(key, { ...branch, when });
    if (kept.size >= MOST) break;
  }
  return [...kept.values()];
}

function isOpen(machine: Machine, known: Formula, side: Formula): boolean {
  if (isContradiction([known, side])) return false;
  return !isFalse(withinSchemas(machine, all([known, side])));
}

/**
 * What tells nobody anything (`several branches before (1)`, a bare text, of which type a third party's answer is), and what
 * is decided already: by PostgreSQL that no text holds NUL, by the code the values of a row that it made, and that a moment or
 * a number rows go by is never 0.
 */
function isNothing(machine: Machine, when: Formula): boolean {
  if (when.kind !== 'atom') return when.of.some((part) => isNothing(machine, part));
  const { condition } = when;
  if (condition.kind === 'opaque') return /^(several branches before|["'`])/.test(condition.text);
  if (condition.kind === 'external') return condition.name.startsWith('typeof ');
  if (!('left' in condition)) return false;
  const { left, op, right } = condition;
  if (isMade(machine, left) || (right.kind === 'literal' && right.value === NUL)) return true;
  if (!/^!?=$/.test(op) || right.kind !== 'literal' || right.value !== 0) return false;
  return hasPart(left, 'now') || isKey(machine, left);
}

function isMade(machine: Machine, term: Term): boolean {
  return (
    term.kind === 'column' &&
    machine.writes.some(({ id, kind }) => id === term.row && kind === 'insert')
  );
}

function isKey(machine: Machine, term: Term): boolean {
  if (term.kind !== 'column') return false;
  const [name, ...more] = tableOfRow(machine, term.row)?.primaryKey ?? [];
  return name === term.column && more.length === 0;
}

/** Whether all that a branch asks was asked before the handler, of how a request says who it is from. */
function isOfGuards(machine: Machine, when: Formula): boolean {
  if (when.kind !== 'atom') return when.of.every((part) => isOfGuards(machine, part));
  const { condition } = when;
  if ('left' in condition || condition.kind === 'member') return false;
  const key = new Set([formulaKey(when)]);
  return machine.entered.facts.some((fact) => isTouched(fact, key));
}

/**
 * Both sides of each branch. Where several branches exclude each other, as the clauses of a switch do, their other side is
 * that none of them is taken.
 */
function sidesOf(branches: readonly Branch[]): Side[] {
  const sides = new Map<string, Side>();
  const add = (when: Formula, { rows = [] }: Branch) => {
    const key = formulaKey(when);
    if (!isFalse(when) && !sides.has(key)) sides.set(key, { when, rows });
  };
  for (const branch of branches) add(branch.when, branch);
  for (const branch of branches) if (!branch.alone) add(otherSide(branch, branches), branch);
  return [...sides.values()];
}

function otherSide({ when }: Branch, branches: readonly Branch[]): Formula {
  const around = aroundOf(when, branches);
  const inside = knownBy(around);
  const beside = branches.filter(
    (each) => each.when === when || isContradiction([...factsOf(each.when), when]),
  );
  const nots = beside.map((each) =>
    not(all(factsOf(each.when).filter((fact) => !inside.has(formulaKey(fact))))),
  );
  return all([...around, ...nots]);
}

/** What the branch asks for that another stands in. */
function aroundOf(when: Formula, branches: readonly Branch[]): readonly Formula[] {
  const facts = factsOf(when);
  const keys = knownBy(facts);
  const around = branches
    .map((each) => factsOf(each.when))
    .filter((of) => of.length < facts.length && of.every((fact) => keys.has(formulaKey(fact))));
  return around.toSorted((a, b) => b.length - a.length)[0] ?? [];
}

function caseOf({ outcome, done, answer }: Found, known: Formula, side: Side): Omit<Case, 'id'> {
  const when = all([known, side.when]);
  const steps = [...outcome.reads, ...outcome.writes].filter((id) => done.has(id));
  const ran = new Set(ranUnder(done, when));
  const said = new Set(outcome.body.map(keyOf));
  const body = answer ? bodyFacts(bodyUnder(answer, knownBy(factsOf(when)))) : [];
  return {
    when: toConditions(side.when),
    rows: [...side.rows],
    without: steps.filter((id) => !ran.has(id)),
    body: body.filter((fact) => !said.has(keyOf(fact))),
  };
}

/** Each by what it asks for. */
function named(cases: readonly Omit<Case, 'id'>[]): Case[] {
  const taken = new Set<string>();
  return cases.map((each) => {
    const words = each.when.map(say).join('-and-');
    const wanted = words
      .replace(/[^\w.=<>!#-]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 80);
    let id = wanted;
    for (let number = 2; taken.has(id); number += 1) id = `${wanted}~${number}`;
    taken.add(id);
    return { id, ...each };
  });
}
