import { ts } from '../../../kernel/syntax.ts';
import { meant } from '../../static/property.ts';
import type { Machine, Value } from '../../static/value.ts';
import { native, UNKNOWN } from '../../static/value.ts';
import { callMaker } from '../builders.ts';
import type { ExpressRun } from './register.ts';
import { createRouter, type Router } from './tree.ts';

/** The apps requests arrive at: those something listens with, else those nobody mounts. */
export function rootsOf(routers: readonly Router[]): { roots: Router[]; stray: Router[] } {
  const loose = routers.filter((one) => !one.mounted.yes && one.layers.length > 0);
  const apps = loose.filter(({ isApp }) => isApp);
  const served = apps.filter((one) => one.served.yes);
  const roots = served.length > 0 ? served : apps;
  return { roots, stray: loose.filter((one) => !roots.includes(one) && hasRoutes(one)) };
}

function hasRoutes(router: Router): boolean {
  return router.layers.some(({ kind }) => kind !== 'use');
}

/**
 * Functions and classes nobody called while the modules ran, that build an app, take one or have it listen: called with
 * a fresh app for parameters typed as one.
 */
export function callFactories(machine: Machine, files: readonly string[], run: ExpressRun): void {
  if (run.routers.some((one) => one.isApp && hasRoutes(one))) return;
  for (const file of files) {
    for (const statement of machine.program.source(file)?.statements ?? []) {
      if (!/\b(express|listen)\s*\(/.test(statement.getText())) continue;
      const name = nameOf(statement);
      if (name === undefined) continue;
      const exported = machine.program.exported(file, name) ?? machine.program.exported(file, '*');
      callMaker(machine, meant(machine, exported, null), (one) => argumentFor(one, run));
    }
  }
}

function nameOf(statement: ts.Statement): string | undefined {
  const isDefault =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
  if (isDefault) return 'default';
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return statement.name?.text;
  if (!ts.isVariableStatement(statement)) return undefined;
  const [declaration] = statement.declarationList.declarations;
  return declaration && ts.isIdentifier(declaration.name) ? declaration.name.text : undefined;
}

function argumentFor(parameter: ts.ParameterDeclaration, run: ExpressRun): Value {
  if (!/\b(Express|Application)\b/.test(parameter.type?.getText() ?? '')) return UNKNOWN;
  const router = createRouter(parameter, true);
  run.routers.push(router);
  return native(router);
}
