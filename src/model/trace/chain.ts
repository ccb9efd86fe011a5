import type { ts } from '../../kernel/syntax.ts';
import type { Registered } from '../reader.ts';
import { validated } from '../readers/hono-middleware.ts';
import { enter, exitHere } from './closures.ts';
import { all, isFalse, not, plainest, some } from './formula.ts';
import type { Ending, Exit, Machine, Passage } from './machine.ts';
import { assume, branch, MERGED } from './path.ts';
import { declareInput, jsonSchemaOf } from './schemas.ts';
import { literalOf, native, UNDEFINED, type Value } from './values.ts';

/** Runs the chain from a step on; what each step returns without going on is an ending. */
export function proceed(machine: Machine, index: number): void {
  const { chain, declared } = machine.endpoint;
  const step = chain[index];
  if (!step || machine.path.dead) return;
  if (index === chain.length - 1 && declared) {
    declaredParts(machine, 0, () => runStep(machine, { step, index }));
    return;
  }
  runStep(machine, { step, index });
}

/** The schemas an OpenAPI route declares are checked one by one before its handler. */
function declaredParts(machine: Machine, part: number, then: () => void): void {
  const { declared } = machine.endpoint;
  const next = declared?.parts[part];
  const schema = next && machine.standing(next.schema);
  if (!declared || !next) {
    then();
  } else if (schema?.kind !== 'schema') {
    declaredParts(machine, part + 1, then);
  } else {
    declareInput(machine, next.from, jsonSchemaOf(machine, schema));
    const hook = declared.onInvalid ? machine.standing(declared.onInvalid) : null;
    const node = next.schema.expression;
    const call = (goOn: Value) => {
      const target = TARGETS[next.from];
      return validated(machine, { target, schema, hook }, { next: goOn, node });
    };
    special(machine, { call, node, index: -1 }, () => declaredParts(machine, part + 1, then));
  }
}

const TARGETS = {
  body: 'json',
  query: 'query',
  params: 'param',
  headers: 'header',
  cookies: 'cookie',
};

function runStep(machine: Machine, { step, index }: { step: Registered; index: number }): void {
  const before = machine.current;
  machine.current = index;
  runValue(machine, { value: machine.standing(step), node: step.expression, index });
  machine.current = before;
}

function runValue(
  machine: Machine,
  { value, node, index }: { value: Value; node: ts.Node; index: number },
): void {
  const then = () => machine.proceed(index + 1);
  if (value.kind === 'closure') {
    passing(machine, then, (next) => {
      const frame = enter(machine, value, { args: [machine.context, next], node });
      ended(machine, frame.returns, { index });
    });
  } else if (value.kind === 'special' && value.call) {
    const call = (next: Value) => value.call?.([machine.context, next], node) ?? UNDEFINED;
    special(machine, { call, node, index }, then);
  } else if (value.kind === 'choice') {
    branch(machine, value.when, {
      yes: () => runValue(machine, { value: value.yes, node, index }),
      no: () => runValue(machine, { value: value.no, node, index }),
    });
  } else if (index < machine.endpoint.chain.length - 1) then();
  else ended(machine, [exitHere(machine, value, { node, mark: 0 })], { index });
}

/** A step that is no function of the repo. */
function special(
  machine: Machine,
  { call, node, index }: { call: (next: Value) => Value; node: ts.Node; index: number },
  then: () => void,
): void {
  passing(machine, then, (next) => {
    const order = machine.steps;
    const answer = call(next);
    if (machine.path.dead) return;
    ended(machine, [{ ...exitHere(machine, answer, { node, mark: 0 }), order }], { index });
  });
}

/**
 * Runs a step; what follows runs once, under whatever led to `next()`, however often the step calls
 * it. (Hono hands errors of what follows to its error handlers, never to the middleware.)
 */
function passing(machine: Machine, then: () => void, work: (next: Value) => void): void {
  const passages: Passage[] = [];
  const before = machine.path.facts;
  const next = native('next', () => {
    if (!machine.path.dead && !machine.path.answered) {
      passages.push({
        facts: machine.path.facts,
        variables: machine.variables.value,
        status: machine.status.value,
        done: machine.done.value,
      });
    }
    machine.path.answered = true;
    return UNDEFINED;
  });
  work(next);
  const [first, ...others] = passages;
  if (!first) return;
  Object.assign(machine.path, { facts: before, dead: false, answered: false });
  const ways = [first, ...others].map(({ facts }) => all(facts.slice(before.length)));
  assume(machine, plainest(some(ways), MERGED));
  machine.done.value = first.done;
  machine.variables.value = first.variables;
  machine.status.value = first.status;
  others.forEach((passage, index) => {
    const when = ways[index + 1] ?? all([]);
    const { variables, status, done } = machine;
    done.value = done.merge(when, passage.done, done.value);
    variables.value = variables.merge(when, passage.variables, variables.value);
    status.value = status.merge(when, passage.status, status.value);
  });
  then();
  machine.path.answered = true;
  machine.path.dead = false;
}

/** Keeps what was answered; a middleware that returns nothing has not answered. */
function ended(machine: Machine, exits: readonly Exit[], { index }: { index: number }): void {
  const last = index === machine.endpoint.chain.length - 1;
  for (const exit of exits) {
    if (isFalse(exit.when) && exit.when.kind === 'some') continue;
    if (answers(exit.value) || (last && exit.value.kind !== 'undefined')) {
      machine.endings.push({ exit, thrown: null, step: index });
      machine.stopped.add(index);
    }
  }
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
    for (const { exit, possible } of errors)
      if (!possible || isHttp(exit.value)) machine.endings.push(unhandled(exit, exit));
    return;
  }
  for (const { exit, possible } of errors) {
    const found = answerError(machine, exit, 0);
    for (const ending of found) if (!possible || isAnswered(ending)) machine.endings.push(ending);
    const handled = found.length > 0 && found.every(isAnswered);
    if (possible && handled) notThis(machine, exit);
  }
}

/** The database's own errors count where the app answers them itself. */
function isAnswered(ending: Ending): boolean {
  const { value } = ending.exit;
  if (ending.thrown?.value === value) return isHttp(value);
  if (value.kind !== 'response') return false;
  const status = value.response.status ? literalOf(value.response.status) : 200;
  return typeof status === 'number' && status < 500;
}

/** Hono answers these itself. */
function isHttp(value: Value): boolean {
  return value.kind === 'instance' && value.ancestry.includes('HTTPException');
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

function answerError(machine: Machine, error: Exit, level: number): Ending[] {
  const handler = machine.endpoint.onError[level];
  if (!handler) return [unhandled(error, error)];
  const fn = machine.standing(handler);
  Object.assign(machine.path, { facts: error.facts, dead: false, answered: false });
  machine.sites.splice(0, machine.sites.length, ...error.sites);
  machine.done.value = error.done;
  if (fn.kind !== 'closure') return [unhandled(error, error)];
  const frame = enter(machine, fn, { args: [error.value, machine.context], node: error.node });
  const thrown = { value: error.value, node: error.node };
  const answered = frame.returns.map(
    (exit): Ending => ({ exit: { ...exit, order: error.order }, thrown, step: -1 }),
  );
  const again = machine.thrown.splice(0).filter((each) => !each.possible);
  return [
    ...answered,
    ...again.flatMap(({ exit }) =>
      answerError(machine, { ...exit, order: error.order, node: error.node }, level + 1),
    ),
  ];
}

function unhandled(exit: Exit, error: Exit): Ending {
  return {
    exit: { ...exit, order: error.order },
    thrown: { value: error.value, node: error.node },
    step: -1,
  };
}
