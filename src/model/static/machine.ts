import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { apply } from './call.ts';
import { COLLECTION_SEMANTICS } from './collection.ts';
import { evaluate } from './expression.ts';
import { FOLDER_SEMANTICS } from './folders.ts';
import { invoke } from './invoke.ts';
import { PATH_SEMANTICS } from './paths.ts';
import { VERSION_SEMANTICS } from './plain.ts';
import { PROMISE_SEMANTICS } from './promise.ts';
import { assign, bind, held } from './scope.ts';
import { SOON_SEMANTICS } from './soon.ts';
import { execute } from './statement.ts';
import type { Machine, Semantics, Value } from './value.ts';
import { UNKNOWN } from './value.ts';

const OWN: readonly Semantics[] = [
  COLLECTION_SEMANTICS,
  PROMISE_SEMANTICS,
  SOON_SEMANTICS,
  VERSION_SEMANTICS,
  PATH_SEMANTICS,
  FOLDER_SEMANTICS,
];

/** Enough for an app of a thousand routes, and soon over for a loop that never ends. */
const STEPS = 3_000_000;
const DEPTH = 400;

/**
 * Makes a machine that knows what the packages of `semantics` do and follows everything else in the repo; `names` is
 * the program as whoever asks for names and modules sees it.
 */
export function createMachine(
  program: Program,
  semantics: readonly Semantics[],
  names: Machine['names'] = program,
): Machine {
  const modules = new Set<string>();
  const globals = new Map<ts.Node, Value>();
  let left = STEPS;
  let depth = 0;
  const machine: Machine = {
    program,
    names,
    semantics: [...semantics, ...OWN],
    step: () => --left > 0,
    evaluate: (expression, frame) => {
      if (depth >= DEPTH || !machine.step()) return UNKNOWN;
      depth++;
      try {
        return evaluate(machine, expression, frame);
      } finally {
        depth--;
      }
    },
    execute: (statement, frame) => execute(machine, statement, frame),
    held: (declaration, frame) => held(machine, globals, { declaration, frame }),
    bind: (target, value, frame) => bind(machine, target, { value, frame }),
    assign: (declaration, value, frame) => assign(globals, declaration, { value, frame }),
    apply: (callee, call) => apply(machine, callee, call),
    invoke: (callee, args) => invoke(machine, callee, args),
    under: [],
    running: [],
    run: (file) => {
      if (modules.has(file)) return;
      modules.add(file);
      run(machine, file);
    },
  };
  return machine;
}

function run(machine: Machine, file: string): void {
  const source = machine.names.source(file);
  if (!source) return;
  for (const statement of source.statements) {
    for (const imported of importedBy(machine.names, file, statement)) machine.run(imported);
  }
  for (const statement of source.statements) machine.execute(statement, null);
}

function importedBy(program: Machine['names'], file: string, statement: ts.Statement): string[] {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
  const typesOnly = ts.isImportDeclaration(statement)
    ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    : statement.isTypeOnly;
  const specifier = statement.moduleSpecifier;
  if (typesOnly || !specifier || !ts.isStringLiteral(specifier)) return [];
  const resolved = program.resolve(file, specifier.text);
  return resolved ? [resolved] : [];
}
