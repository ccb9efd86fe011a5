import type { ts } from '../../kernel/syntax.ts';
import type { Provided, Registered } from '../reader.ts';
import { enter, exitHere } from './closures.ts';
import { isBroughtAbout } from './errors.ts';
import { all, type Formula, isFalse, isTrue, not, some, TRUE } from './formula.ts';
import { atomsOf } from './input-facts.ts';
import type { Ending, Exit, Machine, Thrown, Way } from './machine.ts';
import { assumeEither, branch, carryHeld, MERGED } from './path.ts';
import { plainest } from './plainest.ts';
import { endsOf } from './terms.ts';
import { literalOf, native, UNDEFINED, type Value } from './values.ts';
import { joinCells, journaled, takeBack, wayHere } from './ways.ts';

/** Runs the chain from a step on; what each step answers without going on is an ending. */
export function proceed(machine: Machine, index: number): void {
  const { chain, semantics } = machine.endpoint;
  const registered = chain[index];
  if (!registered || machine.path.dead) return;
  const before = machine.current;
  machine.current = index;
  const last = index === chain.length - 1;
  if (last) machine.entered = { done: machine.done.value, facts: machine.path.facts };
  const goOn = () => machine.proceed(index + 1);
  const run = (then: () => void) => semantics.step(machine, { registered, index, last }, then);
  const when = last ? TRUE : registeredWhen(machine, registered);
  stepWhen(machine, { when, run, goOn }, registered.expression);
  machine.current = before;
}

interface Conditional {
  readonly when: Formula;
  readonly run: (goOn: () => void) => void;
  readonly goOn: () => void;
}

/** Runs a step where a condition holds; where it does not, requests pass. */
export function stepWhen(machine: Machine, { when, run, goOn }: Conditional, node: ts.Node): void {
  if (isTrue(when)) {
    run(goOn);
    return;
  }
  passing(machine, goOn, (next) => {
    const pass = () => void machine.call(next, [], node);
    branch(machine, when, { yes: () => run(pass), no: pass });
  });
}

/**
 * What settings must be for a step to be there: not what its app is made or its endpoint itself is registered under, nor
 * what anything else than settings decides.
 */
function registeredWhen(machine: Machine, { under = [] }: Registered): Formula {
  if (under.length === 0) return TRUE;
  const { chain, under: made = [] } = machine.endpoint;
  const own = [...made, ...(chain.at(-1)?.under ?? [])];
  const isOwn = ({ condition, holds }: Provided) =>
    own.some((each) => each.condition.expression === condition.expression && each.holds === holds);
  const asked = under
    .filter((each) => !isOwn(each))
    .map(({ condition, holds }) => {
      const truth = machine.truth(machine.standing(condition), condition.expression);
      return holds ? truth : not(truth);
    });
  const when = all(
    asked.filter((each) => atomsOf(each).every(({ kind }) => kind === 'environment')),
  );
  return isFalse(when) ? TRUE : when;
}

/** A function to run as a step, and what it is called with. */
export interface Callee {
  readonly value: Value;
  readonly args: (next: Value) => readonly Value[];
  readonly node: ts.Node;
}

/** Calls a step's function; one nobody can look into lets requests pass, unless it is the handler. */
export function callStep(
  machine: Machine,
  { value, args, node }: Callee,
  { last, then }: { last: boolean; then: () => void },
): void {
  if (value.kind === 'closure') {
    passing(machine, then, (next) => {
      const frame = enter(machine, value, { args: args(next), node });
      ended(machine, frame.returns, last);
    });
  } else if (value.kind === 'special' && value.call) {
    const call = (next: Value) => value.call?.(args(next), node) ?? UNDEFINED;
    specialStep(machine, { call, node, last }, then);
  } else if (value.kind === 'choice') {
    branch(machine, value.when, {
      yes: () => callStep(machine, { value: value.yes, args, node }, { last, then }),
      no: () => callStep(machine, { value: value.no, args, node }, { last, then }),
    });
  } else if (!last) then();
  else ended(machine, [exitHere(machine, value, { node, mark: 0 })], last);
}

/** A step that is no function of the repo. */
export function specialStep(
  machine: Machine,
  { call, node, last }: { call: (next: Value) => Value; node: ts.Node; last: boolean },
  then: () => void,
): void {
  passing(machine, then, (next) => {
    const order = machine.steps;
    const answer = call(next);
    if (machine.path.dead) return;
    ended(machine, [{ ...exitHere(machine, answer, { node, mark: 0 }), order }], last);
  });
}

/**
 * Runs a step; what follows runs once, under whatever led to `next()`, however often the step calls
 * it, with what was set by then: what the step does behind it comes after. Errors of what follows go to the error handlers,
 * never to the step.
 */
export function passing(machine: Machine, then: () => void, work: (next: Value) => void): void {
  const passages: Way[] = [];
  const before = machine.path.facts;
  const { journal } = journaled(machine, (own) => {
    const next = native('next', () => {
      if (!machine.path.dead && !machine.path.answered)
        passages.push(wayHere(machine, before.length, own));
      machine.path.answered = true;
      return UNDEFINED;
    });
    work(next);
  });
  if (passages.length === 0) return;
  takeBack(journal);
  Object.assign(machine.path, { facts: before, dead: false, answered: false });
  const ways = passages.map(({ when }) => when);
  assumeEither(machine, plainest(some(ways), MERGED), ways);
  carryHeld(machine, passages);
  joinCells(machine, passages, journal);
  then();
  machine.path.answered = true;
  machine.path.dead = false;
}

/** Keeps what a step returned, where that is an answer; what a handler returns always is. */
export function ended(machine: Machine, exits: readonly Exit[], last: boolean): void {
  for (const exit of exits) {
    if (isFalse(exit.when) && exit.when.kind === 'some') continue;
    if (answers(exit.value) || (last && exit.value.kind !== 'undefined')) {
      machine.endings.push({ exit, thrown: null, step: machine.current });
      machine.stopped.add(machine.current);
    }
  }
}

/** Answers from inside a function (`res.json(…)`): what follows runs for its effects alone. */
export function respond(machine: Machine, response: Value, node: ts.Node): void {
  if (machine.path.dead || machine.path.answered) return;
  const exit = exitHere(machine, response, { node, mark: 0 });
  machine.endings.push({ exit, thrown: null, step: machine.current });
  machine.stopped.add(machine.current);
  machine.path.answered = true;
}

function answers(value: Value): boolean {
  if (value.kind === 'choice') return answers(value.yes) || answers(value.no);
  return value.kind === 'response' || value.kind === 'jsx';
}

/** Takes every error that nobody caught to the error handlers. */
export function answerErrors(machine: Machine): void {
  const errors = machine.thrown.splice(0);
  const handlers = machine.endpoint.onError;
  if (handlers.length === 0) {
    for (const { exit, possible, step } of errors) {
      const ending = unhandled(exit, { error: exit, step });
      if (!possible || isAnswered(machine, ending)) machine.endings.push(ending);
    }
    return;
  }
  for (const { exit, possible, step } of errors) {
    const found = answerError(machine, { exit, step }, 0);
    for (const ending of found)
      if (!possible || isAnswered(machine, ending)) machine.endings.push(ending);
    const handled = found.length > 0 && found.every((ending) => isAnswered(machine, ending));
    if (possible && handled) notThis(machine, exit);
  }
}

/**
 * The database's own errors count where the app answers them as such. A body that can't be parsed is the
 * request's doing: it counts whatever the app makes of it.
 */
function isAnswered(machine: Machine, ending: Ending): boolean {
  const { value } = ending.exit;
  if (isBroughtAbout(ending.thrown?.value ?? value)) return true;
  if (ending.thrown?.value === value) return isAnsweredAnyway(machine, ending);
  if (value.kind !== 'response') return false;
  const status = value.response.status ? literalOf(value.response.status) : 200;
  return typeof status === 'number' && (status < 500 || isMalformed(ending.exit));
}

function isMalformed({ facts }: Exit): boolean {
  return facts.some(
    ({ kind, ...fact }) =>
      kind === 'atom' &&
      'condition' in fact &&
      fact.condition.kind === 'input' &&
      fact.condition.is === 'malformed',
  );
}

/** The framework answers these itself. */
function isAnsweredAnyway(machine: Machine, { exit, thrown }: Ending): boolean {
  const { value, node } = exit;
  const raised = { value, node, step: thrown?.step };
  return machine.endpoint.semantics.unhandled?.(machine, raised) !== undefined;
}

/** The other endings behind that write come about without the error. */
function notThis(machine: Machine, exit: Exit): void {
  const when = exit.facts.at(-1);
  if (when?.kind !== 'atom' || when.condition.kind !== 'conflict') return;
  const { write } = when.condition;
  machine.endings.forEach((ending, index) => {
    if (ending.exit.facts.includes(when) || !ending.exit.done.has(write)) return;
    const facts = [...ending.exit.facts, not(when)];
    machine.endings[index] = { ...ending, exit: { ...ending.exit, facts } };
  });
}

function answerError(
  machine: Machine,
  { exit: error, step }: Pick<Thrown, 'exit'> & { step: number | undefined },
  level: number,
): Ending[] {
  const { onError, hears } = machine.endpoint;
  const handler = onError[level];
  if (!handler) return [unhandled(error, { error, step })];
  const heard = hears?.[level];
  if (heard !== undefined && step !== undefined && step >= heard)
    return answerError(machine, { exit: error, step }, level + 1);
  Object.assign(machine.path, { facts: error.facts, dead: false, answered: false });
  machine.sites.splice(0, machine.sites.length, ...error.sites);
  machine.done.value = error.done;
  machine.status.value = error.status;
  machine.variables.value = error.variables;
  machine.current = -1;
  const thrown = { value: error.value, node: error.node, step };
  const before = machine.endings.length;
  const returns = machine.endpoint.semantics.recover(machine, handler, thrown);
  const sent = machine.endings.splice(before).map(({ exit }) => exit);
  if (!returns) return [unhandled(error, { error, step })];
  const answered = [...sent, ...returns].map(
    (exit): Ending => ({ exit: { ...exit, order: error.order }, thrown, step: -1 }),
  );
  const again = machine.thrown
    .splice(0)
    .filter((each) => !each.possible || each.exit.value === error.value);
  return [
    ...answered,
    ...again.flatMap(({ exit }) =>
      answerError(
        machine,
        { exit: { ...exit, order: error.order, node: error.node }, step },
        level + 1,
      ),
    ),
  ];
}

/** Where nobody asked which of several errors it is, the last of them stands for all. */
function unhandled(exit: Exit, { error, step }: { error: Exit; step: number | undefined }): Ending {
  const value = endsOf(error.value).at(-1) ?? error.value;
  const own = exit.value === error.value ? value : exit.value;
  return {
    exit: { ...exit, value: own, order: error.order },
    thrown: { value, node: error.node, step },
    step: -1,
  };
}
