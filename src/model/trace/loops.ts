import { ts } from '../../kernel/syntax.ts';
import { breakable } from './breaks.ts';
import { bind, define, scopeWithin } from './environment.ts';
import { atom, isFalse, isTrue, TRUE } from './formula.ts';
import { anyElement } from './lists.ts';
import type { Machine } from './machine.ts';
import { entriesOfMap } from './maps.ts';
import { nothingThrows } from './nothing.ts';
import { listOfOtherType } from './other-type.ts';
import { branch } from './path.ts';
import { eachRow } from './rows.ts';
import { placeAt, textOf } from './source.ts';
import { termsIn } from './terms.ts';
import { isWholePart } from './truth.ts';
import {
  type Item,
  literalOf,
  type Scope,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

const UNROLL = 10;
/** Of things that are all surely there. */
const SURE = 40;
/** Of texts that are written out, names of settings for instance. */
const WRITTEN = 250;

/** `for (const x of …)`: known elements one by one, rows once for any row. */
export function runForOf(machine: Machine, node: ts.ForOfStatement, scope: Scope): void {
  const asked = machine.settle(machine.evaluate(node.expression, scope), node.expression);
  const over = entriesOfMap(asked, node.expression) ?? asked;
  const body = (element: Value) => {
    const inner = scopeWithin(scope);
    if (ts.isVariableDeclarationList(node.initializer)) {
      const [declaration] = node.initializer.declarations;
      if (declaration) bind(machine, { name: declaration.name, scope: inner }, element);
    }
    breakable(machine, { turn: true }, () => machine.run(node.statement, inner));
  };
  breakable(machine, { turn: false }, () => overEach(machine, { over, body }, node));
}

function overEach(
  machine: Machine,
  { over, body }: { over: Value; body: (element: Value) => void },
  node: ts.Statement & { readonly expression: ts.Expression },
): void {
  if (over.kind === 'choice') {
    branch(machine, over.when, {
      yes: () => overEach(machine, { over: over.yes, body }, node),
      no: () => overEach(machine, { over: over.no, body }, node),
    });
  } else if (over.kind === 'list') {
    // Of rows that are not told apart none is known to come before another.
    const once = (element: Value) => {
      breakable(machine, { turn: false, any: true }, () => body(element));
      return undefined;
    };
    eachRow(machine, over, { body: once, node: node.expression });
  } else if (over.kind === 'array') {
    const items = over.items.value;
    const written = items.every(({ value, when }) => !when && stringOf(value) !== undefined);
    // So many turns are not told apart by which of them a `break` ended: each ends alone.
    const yes = ({ value }: Item) =>
      items.length > UNROLL ? breakable(machine, { turn: false }, () => body(value)) : body(value);
    const sure = items.every(({ when }) => !when) ? SURE : UNROLL;
    for (const item of items.slice(0, written ? WRITTEN : sure)) {
      if (machine.path.dead) return;
      branch(machine, item.when ?? TRUE, { yes: () => yes(item), no: () => undefined });
    }
  } else if (over.kind === 'term' && over.term.kind === 'input' && !isWholePart(over)) {
    nothingThrows(machine, over, node.expression);
    listOfOtherType(machine, over, node.expression);
    if (!machine.path.dead) body(anyElement(machine, over, node.expression));
  } else if (over.kind !== 'undefined') {
    uncertain(machine, { over, text: textOf(node.expression) }, () =>
      body(unknown('element', termsIn(over))),
    );
  }
}

/** Runs a body that may or may not run: what it does stands under an opaque condition. */
function uncertain(
  machine: Machine,
  { over, text }: { over: Value; text: string },
  work: () => void,
): void {
  const node = machine.sites.at(-1);
  if (!node) return;
  const terms = [...termsIn(over)];
  const when = atom({
    kind: 'opaque',
    at: placeAt(node),
    text: `each of ${text}`,
    holds: true,
    terms,
  });
  branch(machine, when, { yes: work, no: () => undefined });
}

/** A turn of a loop that runs once, for whichever it is. */
function anyTurn(machine: Machine, work: () => void): void {
  breakable(machine, { turn: false }, () => breakable(machine, { turn: true }, work));
}

export function runForIn(machine: Machine, node: ts.ForInStatement, scope: Scope): void {
  const over = machine.evaluate(node.expression, scope);
  const inner = scopeWithin(scope);
  if (ts.isVariableDeclarationList(node.initializer)) {
    const [declaration] = node.initializer.declarations;
    if (declaration) bind(machine, { name: declaration.name, scope: inner }, unknown('key'));
  }
  uncertain(machine, { over, text: textOf(node.expression) }, () =>
    anyTurn(machine, () => machine.run(node.statement, inner)),
  );
}

/** `for (let i = 0; …; i++)`: as often as is known, else the body once, for whichever `i`. */
export function runFor(machine: Machine, node: ts.ForStatement, scope: Scope): void {
  const turns = turnsOf(machine, node, scope);
  if (turns) breakable(machine, { turn: false }, () => runTurns(machine, node, turns));
  else runAnyTurn(machine, node, scope);
}

function runTurns(machine: Machine, { statement }: ts.ForStatement, turns: readonly Scope[]): void {
  for (const turn of turns) {
    if (machine.path.dead) return;
    breakable(machine, { turn: true }, () => machine.run(statement, turn));
  }
}

/** The scopes of a loop's turns where it goes through a list that is written out: `i < list.length`. */
function turnsOf(machine: Machine, node: ts.ForStatement, scope: Scope): Scope[] | undefined {
  const { condition, incrementor } = node;
  const counter = scopeWithin(scope);
  if (!condition || !incrementor || !isPlain(incrementor)) return undefined;
  if (!startCount(machine, node, counter) || !isOfWritten(machine, condition, counter))
    return undefined;
  const turns: Scope[] = [];
  while (turns.length <= UNROLL) {
    const goesOn = machine.truth(machine.evaluate(condition, counter), condition);
    if (isFalse(goesOn)) return turns;
    if (!isTrue(goesOn)) return undefined;
    const turn = scopeWithin(scope);
    for (const [name, { value }] of counter.names) define(turn, name, value);
    turns.push(turn);
    machine.evaluate(incrementor, counter);
  }
  return undefined;
}

function isOfWritten(machine: Machine, condition: ts.Expression, scope: Scope): boolean {
  if (!ts.isBinaryExpression(condition)) return false;
  const { right } = condition;
  if (!ts.isPropertyAccessExpression(right) || right.name.text !== 'length') return false;
  const list = machine.evaluate(right.expression, scope);
  if (list.kind !== 'array') return false;
  return list.items.value.every(({ value, when }) => !when && literalOf(value) !== undefined);
}

function runAnyTurn(machine: Machine, node: ts.ForStatement, scope: Scope): void {
  const inner = scopeWithin(scope);
  const { initializer } = node;
  if (initializer && ts.isVariableDeclarationList(initializer)) {
    for (const declaration of initializer.declarations) {
      bind(machine, { name: declaration.name, scope: inner }, unknown(declaration.name.getText()));
    }
  } else if (initializer) machine.evaluate(initializer, inner);
  const text = node.condition ? textOf(node.condition) : 'for';
  const work = () => anyTurn(machine, () => machine.run(node.statement, inner));
  if (isEntered(machine, node, scope)) work();
  else uncertain(machine, { over: UNDEFINED, text }, work);
}

/** Whether a loop that counts has a first turn: `i < max` with what `i` is at first. */
function isEntered(machine: Machine, node: ts.ForStatement, scope: Scope): boolean {
  const { condition } = node;
  const first = scopeWithin(scope);
  if (!condition || !startCount(machine, node, first)) return false;
  return isTrue(machine.truth(machine.evaluate(condition, first), condition));
}

/** Gives a loop's variables what they are at first; false where that, or how long it goes on, calls anything. */
function startCount(
  machine: Machine,
  { initializer, condition }: ts.ForStatement,
  scope: Scope,
): boolean {
  if (!condition || !ts.isBinaryExpression(condition) || !isPlain(condition)) return false;
  if (!initializer || !ts.isVariableDeclarationList(initializer)) return false;
  for (const { name, initializer: start } of initializer.declarations) {
    if (!start || !isPlain(start)) return false;
    bind(machine, { name, scope }, machine.evaluate(start, scope));
  }
  return true;
}

/** Whether evaluating an expression calls nothing. */
function isPlain(node: ts.Node): boolean {
  if (ts.isCallExpression(node) || ts.isAwaitExpression(node)) return false;
  return ts.forEachChild(node, (child) => !isPlain(child)) !== true;
}

export function runWhile(machine: Machine, node: ts.WhileStatement, scope: Scope): void {
  const over = machine.evaluate(node.expression, scope);
  const work = () => anyTurn(machine, () => machine.run(node.statement, scope));
  if (node.expression.kind === ts.SyntaxKind.TrueKeyword) work();
  else branch(machine, machine.truth(over, node.expression), { yes: work, no: () => undefined });
}

export function runDo(machine: Machine, node: ts.DoStatement, scope: Scope): void {
  anyTurn(machine, () => machine.run(node.statement, scope));
}
