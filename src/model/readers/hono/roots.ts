import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { importedFiles } from '../../files.ts';
import { meant } from '../../static/property.ts';
import type { Machine, Value } from '../../static/value.ts';
import { native, nativeOf, UNKNOWN } from '../../static/value.ts';
import { callMaker, runBuilders } from '../builders.ts';
import { createRouter, type Router } from '../routing-tree.ts';
import { isRouter } from './register.ts';
import type { HonoRun } from './semantics.ts';

/** Names of files an app starts from, where nothing else tells which of several routers is the app. */
const ENTRY =
  /(?:^|\/)(?:index|main|server|app|worker|entry(?:\.server)?|route|\[\[?\.\.\.\w+\]\]?)\.[mc]?[jt]sx?$/;

/** What the modules made, and the files they stand in. */
interface Built {
  readonly run: HonoRun;
  readonly files: readonly string[];
}

/**
 * The routers that requests arrive at: those something listens with, else those an entry file exports,
 * else whatever nobody mounts, which leaves it unclear. `stray` are the others that nobody mounts.
 */
export function rootsOf(
  program: Program,
  machine: Machine,
  built: Built,
): { roots: Router[]; stray: Router[]; unclear: boolean } {
  const loose = looseIn(built);
  const started = startedIn(program, machine, built);
  const chosen = started.length > 0 ? started : loose;
  return {
    roots: chosen.map((router) => router.served.by ?? router),
    stray: loose.filter((router) => !chosen.includes(router)),
    unclear: started.length === 0,
  };
}

function looseIn({ run }: Built): Router[] {
  return run.routers.filter((router) => !router.mounted.yes && router.entries.length > 0);
}

function startedIn(program: Program, machine: Machine, built: Built): Router[] {
  const { files } = built;
  const serving = files.filter((file) => program.matches(file, /\.\s*fetch\b/));
  for (const file of serving) servedInside(machine, program.source(file));
  const loose = looseIn(built);
  const served = loose.filter((router) => router.served.by !== null);
  if (served.length > 0) return served;
  const exported = new Set(entryExports(program, machine, files));
  return loose.filter((router) => exported.has(router.entries));
}

/** Where routers are left that nothing leads to, functions nobody called that make one may put them together. */
export function runMakers(machine: Machine, files: readonly string[], run: HonoRun): void {
  const filled = run.routers.filter(({ entries }) => entries.length > 0);
  const seen = new Set(filled.map(({ node }) => node));
  const making = files.filter((file) => machine.program.matches(file, /\bnew\s+\w*Hono\b/));
  runBuilders(machine, making, { seen, isMaking });
}

function isMaking(program: Program, node: ts.Node): boolean {
  if (!ts.isNewExpression(node) || !ts.isIdentifier(node.expression)) return false;
  const meaning = program.meaning(node.expression);
  return meaning?.kind === 'package' && /^(?:jsr:)?@?hono(?:\/|$)/.test(meaning.package);
}

/**
 * Where no module builds a router when it loads, exported functions and classes that build one (or take one) are
 * called, with a fresh router for parameters typed as one and nothing known of the rest.
 */
export function callFactories(machine: Machine, files: readonly string[], run: HonoRun): void {
  for (const file of files) {
    for (const statement of machine.program.source(file)?.statements ?? []) {
      if (!/\bHono\b|\bcreateApp\b/.test(statement.getText())) continue;
      for (const name of exportedNames(statement)) {
        const value = meant(machine, machine.program.exported(file, name), null);
        callMaker(machine, value, (one) => argumentFor(one, run));
      }
    }
  }
}

function argumentFor(parameter: ts.ParameterDeclaration, run: HonoRun): Value {
  if (!isHonoTyped(parameter)) return UNKNOWN;
  const router = createRouter(parameter);
  run.routers.push(router);
  return native(router);
}

/** Whether a declaration's type says that it is a Hono app. */
export function isHonoTyped(node: ts.Node): boolean {
  return 'type' in node && /\b(?:OpenAPI)?Hono\b/.test((node.type as ts.TypeNode)?.getText() ?? '');
}

function exportedNames(statement: ts.Statement): string[] {
  if (!ts.canHaveModifiers(statement)) return [];
  const kinds = (ts.getModifiers(statement) ?? []).map(({ kind }) => kind);
  if (!kinds.includes(ts.SyntaxKind.ExportKeyword)) return [];
  if (kinds.includes(ts.SyntaxKind.DefaultKeyword)) return ['default'];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  }
  const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return named && statement.name ? [statement.name.text] : [];
}

/** The routers (by their entries) that files nobody imports export, as they are or as a worker's `fetch`. */
function* entryExports(
  program: Program,
  machine: Machine,
  files: readonly string[],
): Generator<Router['entries']> {
  const imported = new Set(files.flatMap((file) => importedFiles(program, file)));
  for (const file of files) {
    if (imported.has(file) || !ENTRY.test(file)) continue;
    for (const name of ['default', 'app', 'server', 'api']) {
      const value = meant(machine, machine.names.exported(file, name), null);
      const found = nativeOf(value);
      if (found && isRouter(found)) yield found.entries;
    }
  }
}

/** `app.fetch` inside a function that only runs when requests come (`fetch(request) { return app.fetch(request) }`). */
function servedInside(machine: Machine, node: ts.Node | undefined): void {
  if (!node) return;
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'fetch') {
    machine.evaluate(node, null);
  }
  ts.forEachChild(node, (child) => servedInside(machine, child));
}
