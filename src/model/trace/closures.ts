import { ts } from '../../kernel/syntax.ts';
import { apartFrom } from './apart-from.ts';
import { arrayOfAll } from './composites.ts';
import { bindParameters, define, scopeWithin } from './environment.ts';
import { withExamples } from './examples.ts';
import { all, type Formula, formulaKey, given, not, some, weightOf } from './formula.ts';
import { isBoolean } from './in-every-case.ts';
import { onlyLogs } from './logging.ts';
import { CALL_LIMIT, type Exit, type Frame, type Journal, type Machine } from './machine.ts';
import { sharing } from './passed-over.ts';
import { assume, carryHeld, MERGED, set, since } from './path.ts';
import { textOf } from './source.ts';
import { mergeSteps } from './steps.ts';
import { choose, termsIn } from './terms.ts';
import {
  type ClosureValue,
  type Fields,
  type Scope,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';
import { joinLeft, journaled, wayHere } from './ways.ts';

type Entered = Frame & { kind: 'function' };

/** Calls a function of the repo by running its body with these arguments. */
export function callClosure(
  machine: Machine,
  closure: ClosureValue,
  { args, node, self }: { args: readonly Value[]; node: ts.Node; self?: Value },
): Value {
  if (onlyLogs(machine, closure.node)) return UNDEFINED;
  if (tooDeep(machine, closure, callbacksIn(args)))
    return unknown(textOf(node), args.flatMap(termsIn));
  return sharing(machine, { fn: closure, args, self: self ?? null, node }, () => {
    const before = machine.path.facts;
    const { value: frame } = journaled(machine, (journal) =>
      enter(machine, closure, { args, node, journal, ...(self ? { self } : {}) }),
    );
    const value = leave(machine, frame, before);
    if (frame.throws.length > 0) return value;
    const left = asked(machine, { frame, value, args }, node);
    return withExamples(machine, { closure, args, value: left }, node);
  });
}

/** A question that would take too much to say, and can't be decided anyway, is asked as it stands. */
function asked(
  machine: Machine,
  { frame, value, args }: { frame: Entered; value: Value; args: readonly Value[] },
  node: ts.Node,
): Value {
  const [first, ...others] = frame.returns;
  if (others.length === 0 || !isBoolean(value)) return value;
  const isQuiet = others.every(({ done, variables, status }) => {
    return done === first?.done && variables === first.variables && status === first.status;
  });
  const formula = machine.truth(value, node);
  if (!isQuiet || weightOf(formula) <= MERGED || !isOpaque(formula)) return value;
  return unknown(textOf(node), args.flatMap(termsIn));
}

function isOpaque(formula: Formula): boolean {
  if (formula.kind === 'atom') return formula.condition.kind === 'opaque';
  return formula.of.some(isOpaque);
}

/** What is put around other work runs within itself without calling itself: it is given other functions each time. */
function tooDeep(
  machine: Machine,
  { node, scope }: ClosureValue,
  callbacks: readonly ts.Node[],
): boolean {
  const running = machine.frames.filter((frame) => frame.kind === 'function');
  const again = running.filter(
    (frame) =>
      frame.node === node &&
      (!isInner(node) || frame.within === scope) &&
      callbacks.every((each, at) => frame.callbacks[at] === each),
  ).length;
  const deep = running.filter((frame) => !isInner(frame.node)).length;
  return deep >= CALL_LIMIT || again > 1;
}

/** A function that stands where it is handed over is made anew whenever code comes by: it is as deep as what it stands in. */
function isInner({ parent, kind }: ts.Node): boolean {
  const isExpression =
    kind === ts.SyntaxKind.ArrowFunction || kind === ts.SyntaxKind.FunctionExpression;
  return isExpression && ts.isCallExpression(parent);
}

function callbacksIn(args: readonly Value[]): ts.Node[] {
  return args.flatMap((value) => (value.kind === 'closure' ? [value.node] : []));
}

interface Call {
  readonly args: readonly Value[];
  readonly node: ts.Node;
  readonly self?: Value;
  readonly journal?: Journal;
}

/** Runs a function's body; its returns and throws are in the frame. */
export function enter(
  machine: Machine,
  closure: ClosureValue,
  { args, node, self, journal }: Call,
): Entered {
  const { bound } = closure;
  const owner = bound?.self ?? self;
  const own = ts.isArrowFunction(closure.node) || !owner ? {} : { self: owner };
  const scope = scopeWithin(closure.scope, own);
  const mark = machine.path.facts.length;
  const frame: Entered = {
    kind: 'function',
    mark,
    returns: [],
    throws: [],
    node: closure.node,
    within: closure.scope,
    callbacks: callbacksIn(args),
    left: [],
    ...(journal ? { journal } : {}),
  };
  machine.frames.push(frame);
  machine.sites.push(node);
  const given = [...(bound?.args ?? []), ...args];
  bindParameters(machine, { node: closure.node, scope }, given);
  if (asksArguments(closure.node)) define(scope, 'arguments', arrayOfAll(given));
  const { body } = closure.node;
  if (body && ts.isBlock(body)) {
    runAll(machine, body.statements, scope);
    if (!machine.path.dead) leaveWith(machine, UNDEFINED, body);
  } else if (body) {
    const value = machine.evaluate(body, scope);
    if (!machine.path.dead) leaveWith(machine, value, body);
  }
  machine.frames.pop();
  machine.sites.pop();
  return frame;
}

const asking = new WeakMap<ts.Node, boolean>();

/** Whether a function looks at `arguments`. */
function asksArguments(node: ts.Node): boolean {
  const known = asking.get(node) ?? (!ts.isArrowFunction(node) && mentions(node));
  asking.set(node, known);
  return known;
}

function mentions(node: ts.Node): boolean {
  return (
    (ts.isIdentifier(node) && node.text === 'arguments') ||
    (ts.forEachChild(node, (child) => mentions(child) || undefined) ?? false)
  );
}

/** Runs statements in order until control ends; functions declared among them are known from the start. */
export function runAll(machine: Machine, statements: readonly ts.Statement[], scope: Scope): void {
  for (const statement of statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name && statement.body) {
      define(scope, statement.name.text, { kind: 'closure', node: statement, scope });
    }
  }
  for (const statement of statements) {
    if (machine.path.dead) return;
    machine.run(statement, scope);
  }
}

/** `return value`. */
export function leaveWith(machine: Machine, value: Value, node: ts.Node): void {
  const frame = machine.frames.findLast((candidate) => candidate.kind === 'function');
  if (frame?.kind !== 'function') return;
  const { journal } = frame;
  if (machine.path.answered) frame.answered = true;
  else if (journal) frame.left.push(wayHere(machine, frame.mark, journal));
  if (!machine.path.answered)
    frame.returns.push(exitHere(machine, value, { node, mark: frame.mark }));
  machine.path.dead = true;
}

export function exitHere(
  machine: Machine,
  value: Value,
  { node, mark }: { node: ts.Node; mark: number },
): Exit {
  return {
    when: since(machine, mark),
    facts: machine.path.facts,
    value,
    node,
    done: machine.done.value,
    status: machine.status.value,
    variables: machine.variables.value,
    sites: [...machine.sites],
    order: machine.steps,
  };
}

/** Goes on after a call: on the facts of its returns, with the value each of them gave. */
function leave(machine: Machine, frame: Entered, before: Machine['path']['facts']): Value {
  const { path } = machine;
  const { answered } = path;
  path.facts = before;
  path.dead = false;
  const [only, ...others] = frame.returns;
  if (!only) {
    if (!answered) path.dead = true;
    return UNDEFINED;
  }
  path.answered = false;
  if (others.length === 0) {
    assume(machine, only.when);
    carryHeld(machine, [only]);
    set(machine, machine.done, only.done);
    carryOn(machine, only);
    return only.value;
  }
  if (frame.throws.length > 0 || frame.answered) assume(machine, onwards(frame));
  if (frame.journal) joinLeft(machine, frame.left, frame.journal);
  carryHeld(machine, frame.returns);
  carryOn(machine, {
    variables: variablesOf(machine, frame.returns),
    status: statusOf(machine, frame.returns) ?? machine.status.value,
  });
  return merged(machine, frame.returns);
}

/** What the returns put on the request, each where it is told from those after it. */
function variablesOf(machine: Machine, returns: readonly Exit[]): Fields {
  const [first, ...later] = returns;
  if (!first) return machine.variables.value;
  const others = variablesOf(machine, later);
  if (later.length === 0 || first.variables === others) return first.variables;
  return machine.variables.merge(apartFrom(first, later), first.variables, others);
}

/** The status that the returns leave set, each where it is told from those after it. */
function statusOf(machine: Machine, [first, ...later]: readonly Exit[]): Value | undefined {
  if (!first || later.length === 0) return first?.status;
  const others = statusOf(machine, later);
  if (!others || first.status === others) return first.status;
  return machine.status.merge(apartFrom(first, later), first.status, others);
}

function carryOn(
  machine: Machine,
  { variables, status }: Pick<Exit, 'variables' | 'status'>,
): void {
  if (variables !== machine.variables.value) set(machine, machine.variables, variables);
  if (status !== machine.status.value) set(machine, machine.status, status);
}

/** What a function that may throw or answer came back under: its returns, or shorter the opposite of its throws. */
function onwards(frame: Entered): Formula {
  const back = some(frame.returns.map((exit) => exit.when));
  if (frame.answered) return back;
  const through = all(frame.throws.map(not));
  return weightOf(back) <= weightOf(through) * 2 ? back : through;
}

function merged(machine: Machine, returns: readonly Exit[]): Value {
  const known = new Set(machine.path.facts.map(formulaKey));
  const sides = returns.map((exit) => {
    const when = given(exit.when, known);
    const opposite = not(when);
    for (const part of opposite.kind === 'all' ? opposite.of : [opposite])
      known.add(formulaKey(part));
    return { when, value: exit.value, done: exit.done };
  });
  const last = sides.at(-1);
  let value = last?.value ?? UNDEFINED;
  let done = last?.done ?? machine.done.value;
  for (const earlier of sides.slice(0, -1).reverse()) {
    value = choose(earlier.when, earlier.value, value);
    done = mergeSteps(earlier.when, earlier.done, done);
  }
  set(machine, machine.done, done);
  return value;
}
