import { ts } from '../../kernel/syntax.ts';
import { anyItemsOf } from './collection.ts';
import { declareIn } from './scope.ts';
import { type Undecided, under, underAll } from './under.ts';
import { runSides } from './unsure.ts';
import type { Completion, Frame, Machine, Value } from './value.ts';
import { either, literal, truthOf, UNKNOWN } from './value.ts';

const ON: Completion = { returns: null, always: false };
const OUT: Completion = { returns: null, always: true };
const ROUNDS = 2_000;

/** Runs statements in order until one of them surely leaves. */
export function runAll(
  machine: Machine,
  statements: readonly ts.Statement[],
  frame: Frame | null,
): Completion {
  return underAll(machine, machine.under, () => {
    const returns: Value[] = [];
    for (const statement of statements) {
      const done = machine.execute(statement, frame);
      if (done.returns) returns.push(done.returns);
      if (done.always) return { returns: merged(returns), always: true };
      if (done.goesOn) machine.under = [...machine.under, done.goesOn];
    }
    return { returns: merged(returns), always: false };
  });
}

/** Runs one statement for its effects; where a condition is unknown both ways are gone. */
export function execute(machine: Machine, node: ts.Statement, frame: Frame | null): Completion {
  if (!machine.step()) return OUT;
  if (ts.isExpressionStatement(node)) {
    machine.evaluate(node.expression, frame);
    return ON;
  }
  if (ts.isVariableStatement(node)) return declare(machine, node.declarationList, frame);
  if (ts.isReturnStatement(node)) {
    const returns = node.expression ? machine.evaluate(node.expression, frame) : literal(undefined);
    return { returns, always: true };
  }
  if (ts.isBlock(node)) return runAll(machine, node.statements, frame);
  if (ts.isIfStatement(node)) return branch(machine, node, frame);
  if (ts.isExportAssignment(node)) machine.held(node.expression, frame);
  if (ts.isTryStatement(node)) return attempt(machine, node, frame);
  if (ts.isIterationStatement(node, false)) return loop(machine, node, frame);
  if (ts.isSwitchStatement(node)) return choose(machine, node, frame);
  if (ts.isLabeledStatement(node)) return machine.execute(node.statement, frame);
  const leaves = ts.isThrowStatement(node) || ts.isBreakOrContinueStatement(node);
  return leaves ? OUT : ON;
}

function declare(
  machine: Machine,
  declarations: ts.VariableDeclarationList,
  frame: Frame | null,
): Completion {
  for (const declaration of declarations.declarations) {
    if (!frame && ts.isIdentifier(declaration.name) && declaration.initializer) {
      machine.held(declaration, null);
    } else if (declaration.initializer) {
      const value = machine.evaluate(declaration.initializer, frame);
      if (frame) declareIn(machine, declaration.name, { value, frame });
      else machine.bind(declaration.name, value, frame);
    } else if (frame) {
      declareIn(machine, declaration.name, { value: literal(undefined), frame });
    }
  }
  return ON;
}

function branch(machine: Machine, node: ts.IfStatement, frame: Frame | null): Completion {
  const { expression, thenStatement, elseStatement } = node;
  const truth = truthOf(machine.evaluate(expression, frame));
  const yes = () => machine.execute(thenStatement, frame);
  const no = () => (elseStatement ? machine.execute(elseStatement, frame) : ON);
  if (truth !== undefined) return truth ? yes() : no();
  const where = (holds: boolean): Undecided => ({ condition: { expression, frame }, holds });
  const sides = runSides(machine, [
    () => under(machine, where(true), yes),
    () => under(machine, where(false), no),
  ]);
  const returns = sides.flatMap((side) => (side.returns ? [side.returns] : []));
  const always = sides.every((side) => side.always);
  // Where a side throws there is no app to ask what it has.
  const left = sides.findIndex((side) => side.always && side.returns !== null);
  const goesOn = !always && left >= 0 && where(left === 1);
  return { returns: merged(returns), always, ...(goesOn && { goesOn }) };
}

function attempt(machine: Machine, node: ts.TryStatement, frame: Frame | null): Completion {
  const done = runAll(machine, node.tryBlock.statements, frame);
  if (node.finallyBlock) runAll(machine, node.finallyBlock.statements, frame);
  return done;
}

function choose(machine: Machine, node: ts.SwitchStatement, frame: Frame | null): Completion {
  const { clauses } = node.caseBlock;
  const taken = clauseTaken(machine, node, frame);
  if (taken !== undefined) {
    const behind = taken === null ? [] : clauses.slice(clauses.indexOf(taken));
    const statements = behind.flatMap((clause) => [...clause.statements]);
    const { returns, always } = runAll(machine, statements, frame);
    return { returns, always: always && returns !== null };
  }
  const sides = runSides(
    machine,
    clauses.map((clause) => () => {
      const { returns, always } = runAll(machine, clause.statements, frame);
      return { returns, always: always && returns !== null };
    }),
  );
  const returns = sides.flatMap((side) => (side.returns ? [side.returns] : []));
  const total = clauses.some(ts.isDefaultClause);
  return { returns: merged(returns), always: total && sides.every(({ always }) => always) };
}

/** The clause that a known value leads to, null for none; undefined where nobody can tell. */
function clauseTaken(
  machine: Machine,
  { expression, caseBlock: { clauses } }: ts.SwitchStatement,
  frame: Frame | null,
): ts.CaseOrDefaultClause | null | undefined {
  const value = machine.evaluate(expression, frame);
  if (value.kind !== 'literal') return undefined;
  const cases = clauses.filter(ts.isCaseClause);
  const labels = cases.map((clause) => machine.evaluate(clause.expression, frame));
  if (!labels.every(({ kind }) => kind === 'literal')) return undefined;
  const at = labels.findIndex((label) => label.kind === 'literal' && label.value === value.value);
  return cases[at] ?? clauses.find(ts.isDefaultClause) ?? null;
}

function loop(machine: Machine, node: ts.IterationStatement, frame: Frame | null): Completion {
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    const over = machine.evaluate(node.expression, frame);
    const items = ts.isForOfStatement(node) ? anyItemsOf(over) : keysOf(over);
    return each(machine, node, { items: items?.items ?? [UNKNOWN], frame });
  }
  return ts.isForStatement(node) ? count(machine, node, frame) : once(machine, node, frame);
}

function each(
  machine: Machine,
  node: ts.ForOfStatement | ts.ForInStatement,
  { items, frame }: { items: readonly Value[]; frame: Frame | null },
): Completion {
  for (const value of items) {
    const round: Frame = { values: new Map(), parent: frame, self: frame?.self ?? null };
    const [declaration] = ts.isVariableDeclarationList(node.initializer)
      ? node.initializer.declarations
      : [];
    if (declaration) declareIn(machine, declaration.name, { value, frame: round });
    const done = machine.execute(node.statement, round);
    if (done.returns) return { returns: done.returns, always: false };
  }
  return ON;
}

function count(machine: Machine, node: ts.ForStatement, outer: Frame | null): Completion {
  const frame: Frame = { values: new Map(), parent: outer, self: outer?.self ?? null };
  if (node.initializer && ts.isVariableDeclarationList(node.initializer)) {
    declare(machine, node.initializer, frame);
  }
  for (let round = 0; round < ROUNDS; round++) {
    const goes = node.condition ? truthOf(machine.evaluate(node.condition, frame)) : undefined;
    if (goes === false) break;
    const done = machine.execute(node.statement, frame);
    if (done.returns || goes === undefined) return { returns: done.returns, always: false };
    if (node.incrementor) machine.evaluate(node.incrementor, frame);
  }
  return ON;
}

function once(machine: Machine, node: ts.IterationStatement, frame: Frame | null): Completion {
  const { returns } = machine.execute(node.statement, frame);
  return { returns, always: false };
}

function keysOf(value: Value): { readonly items: readonly Value[] } | undefined {
  if (value.kind !== 'object') return undefined;
  return { items: [...value.entries.keys()].map((key) => literal(key)) };
}

function merged(returns: readonly Value[]): Value | null {
  return returns.length > 0 ? either(returns) : null;
}
