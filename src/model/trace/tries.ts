import type { ts } from '../../kernel/syntax.ts';
import { mergeWays, setBefore } from './caught-left.ts';
import { builtIn } from './classes.ts';
import { runAll } from './closures.ts';
import { bind, scopeWithin } from './environment.ts';
import { ANY_WORDS } from './error-words.ts';
import { isBroughtAbout, isRaised, mayThrow, originOf } from './errors.ts';
import { knownBy } from './facts.ts';
import {
  all,
  atom,
  type Formula,
  factsOf,
  given,
  isFalse,
  isTrue,
  not,
  some,
  TRUE,
} from './formula.ts';
import type { Exit, Frame, Machine } from './machine.ts';
import { assume, mergeSide, type Side, side } from './path.ts';
import { placeAt, textOf } from './source.ts';
import { choose, endsOf } from './terms.ts';
import { type Scope, UNDEFINED, type Value } from './values.ts';

type Try = Frame & { kind: 'try' };

/** As many errors as one handler is followed for. */
const CAUGHT = 40;

/** Runs `try`, each way into its `catch`, then `finally`. */
export function runTry(machine: Machine, node: ts.TryStatement, scope: Scope): void {
  const { catchClause, finallyBlock } = node;
  if (catchClause) guardedBlock(machine, { node, clause: catchClause }, scope);
  else runAll(machine, node.tryBlock.statements, scopeWithin(scope));
  if (!finallyBlock) return;
  const { dead } = machine.path;
  machine.path.dead = false;
  runAll(machine, finallyBlock.statements, scopeWithin(scope));
  machine.path.dead ||= dead;
}

function guardedBlock(
  machine: Machine,
  { node, clause }: { node: ts.TryStatement; clause: ts.CatchClause },
  scope: Scope,
): void {
  attempt(machine, {
    work: (frame) => {
      runAll(machine, node.tryBlock.statements, scopeWithin(scope));
      if (frame.throws.length + frame.possible.length === 0 && !frame.sure)
        anythingThrows(machine, node);
      return UNDEFINED;
    },
    handle: (error) => {
      runCatch(machine, { clause, error }, scope);
      return UNDEFINED;
    },
  });
}

/** `promise.catch(handler)`: what the promise gives, or what the handler makes of its error and where it came up. */
export function settled(
  machine: Machine,
  { promise, handler }: { promise: () => Value; handler: (error: Value, at: ts.Node) => Value },
): Value {
  return attempt(machine, { work: promise, handle: handler });
}

/** Runs work, and for each error on the way its handler. */
export function attempt(
  machine: Machine,
  { work, handle }: { work: (frame: Try) => Value; handle: (error: Value, at: ts.Node) => Value },
): Value {
  const mark = machine.path.facts.length;
  const frame: Try = { kind: 'try', mark, throws: [], possible: [] };
  const outer = machine.frames.findLast((each) => each.kind === 'function');
  const returns = outer?.kind === 'function' ? outer.returns : [];
  const before = returns.length;
  const left = leftLoops(machine);
  const normal = side(machine, TRUE, () => {
    machine.frames.push(frame);
    frame.journal = machine.journals.at(-1);
    const value = work(frame);
    machine.frames.pop();
    return value;
  });
  const after = returns.length;
  const caught = [...frame.throws, ...frame.possible].slice(0, CAUGHT).map((exit) => ({
    exit,
    side: side(machine, exit.when, () => {
      setBefore(machine, exit);
      return handle(exit.value, exit.node);
    }),
  }));
  for (const { exit } of caught.filter((each) => isCaught(machine, each))) {
    const inside = returns.slice(before, after).map((each) => without(each, exit));
    returns.splice(before, inside.length, ...inside);
  }
  const ends = returns.length > before || leftLoops(machine) > left || normal.answered;
  const whole = !ends && frame.throws.length + frame.possible.length === caught.length;
  return goOn(machine, { normal, caught, whole: whole && caught.every((each) => each.side.plain) });
}

/** How often loops and switches around were left so far. */
function leftLoops({ frames }: Machine): number {
  return frames.reduce(
    (sum, each) => sum + (each.kind === 'breakable' ? each.breaks.length : 0),
    0,
  );
}

/** What was returned after a write came about without the error that is caught. */
function without(exit: Exit, error: Exit): Exit {
  const fact = lastFact(error);
  const write =
    fact.kind === 'atom' && fact.condition.kind === 'conflict' ? fact.condition.write : null;
  if (write === null ? !isBefore(error, exit) : !exit.done.has(write)) return exit;
  const left = given(not(error.when), knownBy(exit.facts));
  if (isTrue(left)) return exit;
  return { ...exit, when: all([exit.when, left]), facts: [...exit.facts, left] };
}

/** An error of a third party, of what is sent, or of a value the database refuses, that would have come first. */
function isBefore(error: Exit, exit: Exit): boolean {
  const fact = lastFact(error);
  const kind = fact.kind === 'atom' ? fact.condition.kind : undefined;
  if (kind === 'input' || isBroughtAbout(error.value)) return error.order <= exit.order;
  return kind === 'external';
}

function runCatch(
  machine: Machine,
  { clause, error }: { clause: ts.CatchClause; error: Value },
  scope: Scope,
): void {
  const inner = scopeWithin(scope);
  const name = clause.variableDeclaration?.name;
  if (name) bind(machine, { name, scope: inner }, error);
  runAll(machine, clause.block.statements, inner);
}

/** A `catch` nothing known leads to still has an ending; its condition is the block's own text. */
function anythingThrows(machine: Machine, node: ts.TryStatement): void {
  const text = `${textOf(node.tryBlock, 80)} throws`;
  const when = atom({ kind: 'opaque', at: placeAt(node), text, holds: true, terms: [] });
  mayThrow(machine, { when, value: builtIn(['Error'], [['message', ANY_WORDS]]) }, node);
}

interface Caught {
  readonly exit: Exit;
  readonly side: Side<Value>;
}

interface Run {
  readonly normal: Side<Value>;
  readonly caught: readonly Caught[];
  /** Code goes on after it whatever happens. */
  readonly whole: boolean;
}

function goOn(machine: Machine, { normal, caught, whole }: Run): Value {
  const live = some([normal.live, ...caught.map((each) => each.side.live)]);
  const { path } = machine;
  if (isFalse(live)) {
    if (normal.answered || caught.some((each) => each.side.answered)) path.answered = true;
    else path.dead = true;
    mergeSide(machine, TRUE, normal);
    return UNDEFINED;
  }
  const swallowed = caught.filter((each) => !isFalse(each.side.live));
  const own = swallowed.some(({ exit }) => !isRaised(exit.value));
  if (swallowed.length === 0 || (isTrue(live) && !own)) assume(machine, normal.live);
  else if (!(own && whole)) assume(machine, live);
  const ends = isFalse(normal.live);
  let value = ends ? UNDEFINED : (normal.value ?? UNDEFINED);
  const ways = swallowed.map((each, index) => ({
    ...each,
    when: ends && index === 0 ? TRUE : each.exit.when,
  }));
  mergeWays(machine, ends ? null : normal, ways);
  for (const { when, side: taken } of ways) value = choose(when, taken.value ?? UNDEFINED, value);
  for (const each of caught) assume(machine, leftBy(machine, each));
  return value;
}

/** What is known after an error nobody in the app raised: it did not come up, or what its way through the `catch` asks for. */
function leftBy(machine: Machine, caught: Caught): Formula {
  const { exit, side: taken } = caught;
  if (isDoubt(lastFact(exit)) || !isRaised(exit.value)) return TRUE;
  if (isFalse(taken.live)) return isCaught(machine, caught) ? not(exit.when) : TRUE;
  const rest = given(taken.live, knownBy(factsOf(exit.when)));
  return isTrue(rest) ? TRUE : some([not(exit.when), rest]);
}

/** That some code may fail says nothing where it does not. */
function isDoubt(fact: Formula): boolean {
  return fact.kind === 'atom' && fact.condition.kind === 'opaque';
}

/** An error nobody in the app raised, whose way through the `catch` ends there. */
function isCaught(machine: Machine, { exit, side: taken }: Caught): boolean {
  return isFalse(taken.live) && isRaised(exit.value) && !rethrows(machine, exit);
}

/** An error that only passed through was not caught. */
function rethrows(machine: Machine, exit: Exit): boolean {
  const outer = machine.frames.findLast((each) => each.kind === 'try');
  const passed = outer?.kind === 'try' ? outer.possible : machine.thrown.map((each) => each.exit);
  const errors: readonly Value[] = [exit.value, ...endsOf(exit.value)].map(originOf);
  return passed.some((each) => errors.includes(originOf(each.value)));
}

function lastFact(exit: Exit) {
  return exit.facts.at(-1) ?? all([]);
}
