import { ts } from '../../kernel/syntax.ts';
import { isTest } from '../../repo/repo.ts';
import { importedFiles } from '../files.ts';
import { apart } from './apart.ts';
import { functionsAround } from './assigned-later.ts';
import { fileScope } from './environment.ts';
import {
  calledName,
  callsWithin,
  type Filled,
  filledAt,
  fillersOf,
  functionName,
  isPut,
} from './fillers.ts';
import type { Machine } from './machine.ts';
import { UNDEFINED } from './values.ts';

const ran = new WeakMap<Machine, Map<ts.Node, boolean>>();

/**
 * Runs what modules put into a map as they load (`registry.add('csv', reader)`), the map being made at `made`. Says
 * whether that is all there ever is in it.
 */
export function register(machine: Machine, made: ts.Node): boolean {
  const known = ran.get(machine) ?? new Map<ts.Node, boolean>();
  ran.set(machine, known);
  const before = known.get(made);
  if (before !== undefined) return before;
  known.set(made, false);
  const filled = filledAt(made);
  const { statements, areAll } = filled ? registrations(machine, filled) : NONE;
  known.set(made, areAll);
  for (const statement of statements) {
    apart(machine, () => {
      machine.run(statement, fileScope(statement.getSourceFile().fileName));
      return UNDEFINED;
    });
  }
  return areAll;
}

interface Registrations {
  readonly statements: readonly ts.Statement[];
  readonly areAll: boolean;
}

const NONE: Registrations = { statements: [], areAll: false };

/** The statements that put something there as modules load, and whether no function does so later. */
function registrations(machine: Machine, filled: Filled): Registrations {
  const { program } = machine.deps;
  const fillers = fillersOf(filled);
  const code = program.repo.files
    .map(({ path }) => path)
    .filter((path) => /\.[mc]?[jt]sx?$/.test(path) && !isTest(path));
  const names = [`${filled.name}\\.set`, ...fillers].join('|').replaceAll('$', '\\$');
  const loading = new RegExp(`^(?:[\\w$]+\\.)*(?:${names})[(<]`, 'm');
  if (!code.some((path) => program.matches(path, loading))) return NONE;
  const statements: ts.Statement[] = [];
  let areAll = true;
  const word = new RegExp(`\\b(?:${names})\\b`);
  for (const path of code) {
    const source = program.matches(path, word) ? program.source(path) : undefined;
    for (const call of source ? callsWithin(source) : []) {
      const { parent } = call;
      const fill = asFill(machine, call, { filled, fillers });
      if (!fill) continue;
      if (fill === 'certain' && ts.isExpressionStatement(parent) && ts.isSourceFile(parent.parent))
        statements.push(parent);
      else areAll = false;
    }
  }
  return statements.length > 0 ? { statements, areAll } : NONE;
}

/** Whether a call puts something there, beside those that the functions which do so are made of. */
function asFill(
  { deps: { program } }: Machine,
  call: ts.CallExpression,
  { filled, fillers }: { filled: Filled; fillers: ReadonlySet<string> },
): 'certain' | 'possible' | undefined {
  if (!isPut(call, filled.name) && !fillers.has(calledName(call))) return undefined;
  const file = call.getSourceFile();
  const within = functionsAround(call).map(functionName);
  if (file === filled.file && within.some((name) => name && fillers.has(name))) return undefined;
  const root = rootOf(call.expression);
  const meaning = ts.isIdentifier(root) ? program.meaning(root) : undefined;
  if (meaning?.kind === 'package') return undefined;
  if (meaning?.kind === 'declared' && meaning.node.getSourceFile() === filled.file)
    return 'certain';
  const mayBe =
    file === filled.file || importedFiles(program, file.fileName).includes(filled.file.fileName);
  return mayBe ? 'possible' : undefined;
}

function rootOf(node: ts.Expression): ts.Expression {
  let at = node;
  while (ts.isPropertyAccessExpression(at) || ts.isCallExpression(at)) at = at.expression;
  return at;
}
