import { ts } from '../../kernel/syntax.ts';
import { breakable, leave } from './breaks.ts';
import { leaveWith, runAll } from './closures.ts';
import { bind, define, scopeWithin } from './environment.ts';
import { FALSE, type Formula, not, some, TRUE } from './formula.ts';
import { runDo, runFor, runForIn, runForOf, runWhile } from './loops.ts';
import type { Machine } from './machine.ts';
import { assume, branch } from './path.ts';
import { valuesOf } from './possible-value.ts';
import { runTry } from './tries.ts';
import { compareValues, isThere } from './truth.ts';
import { literalOf, type Scope, UNDEFINED, type Value } from './values.ts';

/** Runs one statement where control is; a return, throw or break ends control there. */
export function run(machine: Machine, node: ts.Statement, scope: Scope): void {
  machine.steps += 1;
  if (machine.steps > machine.limit || machine.path.dead) return;
  if (ts.isExpressionStatement(node)) machine.evaluate(node.expression, scope);
  else if (ts.isVariableStatement(node)) declare(machine, node.declarationList, scope);
  else if (ts.isIfStatement(node)) runIf(machine, node, scope);
  else if (ts.isReturnStatement(node)) runReturn(machine, node, scope);
  else if (ts.isThrowStatement(node)) {
    machine.throwValue(machine.evaluate(node.expression, scope), node);
  } else if (ts.isBlock(node)) runAll(machine, node.statements, scopeWithin(scope));
  else if (ts.isTryStatement(node)) runTry(machine, node, scope);
  else if (ts.isSwitchStatement(node)) runSwitch(machine, node, scope);
  else if (ts.isClassDeclaration(node) && node.name) {
    define(scope, node.name.text, { kind: 'class', node, scope });
  } else if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) leave(machine, node);
  else if (ts.isLabeledStatement(node)) run(machine, node.statement, scope);
  else runLoop(machine, node, scope);
}

function runLoop(machine: Machine, node: ts.Statement, scope: Scope): void {
  if (ts.isForOfStatement(node)) runForOf(machine, node, scope);
  else if (ts.isForStatement(node)) runFor(machine, node, scope);
  else if (ts.isForInStatement(node)) runForIn(machine, node, scope);
  else if (ts.isWhileStatement(node)) runWhile(machine, node, scope);
  else if (ts.isDoStatement(node)) runDo(machine, node, scope);
}

function runReturn(machine: Machine, node: ts.ReturnStatement, scope: Scope): void {
  const value = node.expression ? machine.evaluate(node.expression, scope) : UNDEFINED;
  if (!machine.path.dead) leaveWith(machine, value, node);
}

/** `const a = …, { b } = …`. */
export function declare(machine: Machine, list: ts.VariableDeclarationList, scope: Scope): void {
  for (const declaration of list.declarations) {
    const value = declaration.initializer
      ? machine.evaluate(declaration.initializer, scope)
      : UNDEFINED;
    bind(machine, { name: declaration.name, scope }, value);
  }
}

function runIf(machine: Machine, node: ts.IfStatement, scope: Scope): void {
  const when = machine.truth(machine.evaluate(node.expression, scope), node.expression);
  if (machine.path.dead) return;
  const { elseStatement } = node;
  branch(machine, when, {
    yes: () => run(machine, node.thenStatement, scope),
    no: () => elseStatement && run(machine, elseStatement, scope),
  });
}

/** A `switch` is a chain of ifs; a clause that falls through also runs the next one's statements. */
function runSwitch(machine: Machine, node: ts.SwitchStatement, scope: Scope): void {
  const subject = machine.evaluate(node.expression, scope);
  const inner = scopeWithin(scope);
  const clauses = node.caseBlock.clauses.map((clause, index) => ({
    test: ts.isCaseClause(clause) ? clause.expression : null,
    statements: statementsFrom(node.caseBlock.clauses, index),
  }));
  breakable(machine, { turn: false }, () =>
    runClauses(machine, { subject, scope: inner, node, before: [] }, grouped(clauses)),
  );
}

interface Clause {
  readonly tests: readonly ts.Expression[];
  readonly otherwise: boolean;
  readonly statements: readonly ts.Statement[];
}

/** Clauses without statements share those of the next; `default` goes last. */
function grouped(
  clauses: readonly { test: ts.Expression | null; statements: readonly ts.Statement[] }[],
): readonly Clause[] {
  const groups = new Map<readonly ts.Statement[], { tests: ts.Expression[]; otherwise: boolean }>();
  let waiting: { tests: ts.Expression[]; otherwise: boolean } = { tests: [], otherwise: false };
  for (const clause of clauses) {
    if (clause.test) waiting.tests.push(clause.test);
    else waiting.otherwise = true;
    if (clause.statements.length === 0) continue;
    groups.set(clause.statements, waiting);
    waiting = { tests: [], otherwise: false };
  }
  const list = [...groups].map(([statements, group]) => ({ ...group, statements }));
  return [...list.filter((each) => !each.otherwise), ...list.filter((each) => each.otherwise)];
}

/** A clause's own statements up to its closing `break`, and on into the next where there is none. */
function statementsFrom(clauses: readonly ts.CaseOrDefaultClause[], index: number): ts.Statement[] {
  const own = clauses[index];
  if (!own || own.statements.length === 0) return [];
  const flat = own.statements.flatMap((each) => (ts.isBlock(each) ? [...each.statements] : [each]));
  const end = flat.findIndex((each) => ts.isBreakStatement(each) && !each.label);
  if (end >= 0) return flat.slice(0, end).length > 0 ? flat.slice(0, end) : [...flat.slice(0, 1)];
  const last = flat.at(-1);
  const ends =
    last &&
    (ts.isReturnStatement(last) || ts.isThrowStatement(last) || ts.isContinueStatement(last));
  return ends || index + 1 >= clauses.length
    ? flat
    : [...flat, ...statementsFrom(clauses, index + 1)];
}

interface Switch {
  readonly subject: Value;
  readonly scope: Scope;
  readonly node: ts.SwitchStatement;
  /** What the clauses before have asked for. */
  readonly before: readonly Value[];
}

function runClauses(machine: Machine, about: Switch, clauses: readonly Clause[]): void {
  const [first, ...rest] = clauses;
  if (!first) return;
  const asked = first.tests.map((test) => ({
    test,
    right: machine.evaluate(test, about.scope),
  }));
  const tests = asked.map(({ test, right }) => {
    const formula = compareValues({ left: about.subject, op: '=', right }, test);
    machine.deps.noteCondition?.(test, formula);
    return formula;
  });
  const body = () => runAll(machine, first.statements, about.scope);
  if (first.otherwise) {
    assume(machine, leftOver(about));
    if (!machine.path.dead) body();
    return;
  }
  const before = [...about.before, ...asked.map(({ right }) => right)];
  branch(machine, some(tests), {
    yes: body,
    no: () => runClauses(machine, { ...about, before }, rest),
  });
}

/** What `default` is left with, where a schema lists all that the subject is: that it is not there, if it need not be. */
function leftOver({ subject, before, node }: Switch): Formula {
  if (subject.kind !== 'term' || !subject.type.schema) return TRUE;
  const listed = valuesOf(subject.type.schema);
  const asked = before.map(literalOf);
  if (!listed?.every((value) => value === null || asked.includes(value))) return TRUE;
  const isSure = !subject.type.nullable && !listed.includes(null);
  return isSure ? FALSE : not(isThere(subject, node.expression));
}
