import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { exitHere } from './closures.ts';
import type { Formula } from './formula.ts';
import { all, not } from './formula.ts';
import type { Exit, Frame, Machine } from './machine.ts';
import { assume, branch, since } from './path.ts';
import { isUnheard, noteUnheard } from './rejections.ts';
import { called, endsOf } from './terms.ts';
import { literal, typed, unknown, type Value } from './values.ts';
import { setSince } from './ways.ts';

/** Errors that code did not raise itself: the database's, a third party's. */
const raised = new WeakSet<object>();

/** `throw value`: control goes to the nearest catch, else to where the request's errors arrive. */
export function throwValue(machine: Machine, value: Value, node: ts.Node): void {
  if (value.kind === 'choice' && !raised.has(value)) {
    branch(machine, value.when, {
      yes: () => throwValue(machine, value.yes, node),
      no: () => throwValue(machine, value.no, node),
    });
    return;
  }
  if (machine.path.dead) return;
  const rethrown = typeof value === 'object' && raised.has(value);
  for (let index = machine.frames.length - 1; index >= 0; index -= 1) {
    const frame = machine.frames[index];
    if (frame?.kind === 'function' && !rethrown) frame.throws.push(since(machine, frame.mark));
    if (frame?.kind === 'try') {
      const exit = errorHere(machine, frame, { value, node });
      if (!machine.path.answered) (rethrown ? frame.possible : frame.throws).push(exit);
      break;
    }
    if (frame?.kind === 'request' || index === 0) {
      if (!machine.path.answered) uncaught(machine, value, { node, rethrown });
      break;
    }
  }
  machine.path.dead = true;
}

/** An error that ends a `try` here, with what was set there before. */
export function errorHere(
  machine: Machine,
  { mark, journal }: Frame & { kind: 'try' },
  { value, node }: { value: Value; node: ts.Node },
): Exit {
  const exit = exitHere(machine, value, { node, mark });
  return journal ? { ...exit, left: setSince(machine, journal) } : exit;
}

/** An error code hands to the framework (`next(error)`), past any `catch`. */
export function passError(machine: Machine, value: Value, node: ts.Node): void {
  if (machine.path.dead || machine.path.answered) return;
  if (value.kind === 'choice' && !raised.has(value)) {
    branch(machine, value.when, {
      yes: () => passError(machine, value.yes, node),
      no: () => passError(machine, value.no, node),
    });
    return;
  }
  atTop(machine, value, { node, rethrown: raised.has(value) });
  machine.path.answered = true;
}

function uncaught(machine: Machine, value: Value, at: { node: ts.Node; rethrown: boolean }): void {
  if (isUnheard(machine)) noteUnheard(machine, at.node);
  else atTop(machine, value, at);
}

function atTop(
  machine: Machine,
  value: Value,
  { node, rethrown }: { node: ts.Node; rethrown: boolean },
): void {
  const exit = exitHere(machine, value, { node, mark: 0 });
  machine.thrown.push({ exit, possible: rethrown, step: machine.current });
  if (!rethrown) machine.stopped.add(machine.current);
}

/** Under `when`, an error that the code may catch but did not raise. */
export function mayThrow(
  machine: Machine,
  { when, value }: { when: Formula; value: Value },
  node: ts.Node,
): void {
  if (machine.path.dead || machine.path.answered) return;
  for (const each of withEnds(value)) raised.add(each);
  const frame = machine.frames.findLast((each) => each.kind === 'try' || each.kind === 'request');
  const here =
    frame?.kind === 'try'
      ? errorHere(machine, frame, { value, node })
      : exitHere(machine, value, { node, mark: 0 });
  const exit: Exit = { ...here, when: all([here.when, when]), facts: [...here.facts, when] };
  if (frame?.kind === 'try') frame.possible.push(exit);
  else if (frame && !isUnheard(machine))
    machine.thrown.push({ exit, possible: true, step: machine.current });
  else if (frame && isBroughtAbout(value)) {
    noteUnheard(machine, node);
    // Where it comes up nothing goes on, and nobody answers.
    assume(machine, not(when));
  }
}

/** Says that the one thing here that could fail is known not to. */
export function neverThrows(machine: Machine): void {
  const frame = machine.frames.findLast((each) => each.kind === 'try');
  if (frame?.kind === 'try') frame.sure = true;
}

/** Errors that a request alone can bring about: they count whatever the app makes of them. */
const brought = new WeakSet<object>();

/** How PostgreSQL's message begins where it refuses a value that a request carries, by SQLSTATE. */
const REFUSED = {
  '22P02': 'invalid input',
  '22003': 'value ',
  '22007': 'invalid input syntax for type timestamp',
  '22001': 'value too long for type ',
  '22021': 'invalid byte sequence for encoding ',
  '23502': 'null value in column ',
  '2201W': 'LIMIT must not be negative',
  '2201X': 'OFFSET must not be negative',
};
export type RefusedCode = keyof typeof REFUSED;

/** PostgreSQL refuses a value that a request carries. */
export function valueRefused(
  machine: Machine,
  { code, when }: { code: RefusedCode; when: Formula },
  node: ts.Node,
): void {
  const value = builtIn(
    ['DatabaseError', 'PostgresError', 'Error'],
    [
      ['code', literal(code)],
      ['message', startingWith(REFUSED[code])],
    ],
  );
  bringAbout(value);
  mayThrow(machine, { when, value }, node);
}

/** Says that the data and a request alone can bring an error about. */
export function bringAbout(value: Value): void {
  for (const each of withEnds(value)) brought.add(each);
}

/** An error, and where it is one of several, each of them. */
function withEnds(value: Value): readonly Value[] {
  return [value, ...endsOf(value)];
}

/** Whether a request alone can bring an error about. */
export function isBroughtAbout(value: Value): boolean {
  return brought.has(value);
}

export function isRaised(value: Value): boolean {
  return raised.has(value);
}

const origins = new WeakMap<Value, Value>();

/** An error that is made of another one on its way, whatever that is, and stands for it. */
export function inPlaceOf(error: Value, standing: Value): Value {
  if (raised.has(error)) for (const each of withEnds(standing)) raised.add(each);
  if (brought.has(error)) bringAbout(standing);
  origins.set(standing, error);
  return standing;
}

/** The error that one stands for in the end. */
export function originOf(error: Value): Value {
  const origin = origins.get(error);
  return origin ? originOf(origin) : error;
}

/** A constraint as PostgreSQL names it in an error: a name, or where none is written those it may have. */
export interface Violated {
  readonly code: '23505' | '23503';
  readonly table: string;
  readonly columns: readonly string[];
  readonly names: readonly string[];
}

/** A message of which the start is known. */
function startingWith(start: string): Value {
  return called('concat', [literal(start), unknown('message')], typed('string'));
}

const MESSAGES: Readonly<Record<Violated['code'], string>> = {
  '23505': 'duplicate key value violates unique constraint ',
  '23503': 'insert or update on table ',
};

/** What an error of PostgreSQL says, by the names drivers give it. */
export function errorFacts({ code, table, columns, names }: Violated): [string, Value][] {
  const [name, ...others] = names;
  const constraint =
    name !== undefined && others.length === 0
      ? literal(name)
      : called('constraint', names.map(literal), typed('string'));
  return [
    ['code', literal(code)],
    ['message', startingWith(MESSAGES[code])],
    ['constraint', constraint],
    ['constraint_name', constraint],
    ['table', literal(table)],
    ['table_name', literal(table)],
    ['detail', literal(`Key (${columns.join(', ')})=(…)`)],
  ];
}

/** What PostgreSQL's driver throws, with its SQLSTATE. */
export function databaseError(violated: Violated): Value {
  return builtIn(['DatabaseError', 'PostgresError', 'Error'], errorFacts(violated));
}
