import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { ownFiles } from '../files.ts';
import { placeOfCall } from '../place.ts';
import type { Endpoint, Endpoints, FrameworkReader } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import { entryOf, plainText, type Value } from '../static/value.ts';
import { handlers } from './better-auth/handlers.ts';

/** The routes better-auth serves itself where an app mounts its handler: those by which people sign up and in. */
export const betterAuth = {
  name: 'better-auth',
  packages: ['better-auth'],
  semantics: handlers,
  read(program, root): Endpoints {
    const files = ownFiles(program.repo, root).filter((file) =>
      program.matches(file, /better-auth/),
    );
    const made = files.flatMap((file) => instancesIn(program, file));
    return { endpoints: made.flatMap((call) => routesOf(program, call)), findings: [] };
  },
} satisfies FrameworkReader;

/** The calls of `betterAuth(…)` in a file. */
function instancesIn(program: Program, file: string): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const meaning = program.meaning(node.expression);
      const isOurs = meaning?.kind === 'package' && /^better-auth/.test(meaning.package);
      if (isOurs && /^betterAuth$/.test(meaning.name)) found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  const source = program.source(file);
  if (source) visit(source);
  return found;
}

function routesOf(program: Program, call: ts.CallExpression): Endpoint[] {
  const machine = createMachine(program, []);
  const options = call.arguments[0] ? machine.evaluate(call.arguments[0], null) : undefined;
  const byPassword = entryOf(options, 'emailAndPassword');
  if (!mayBeOn(entryOf(byPassword, 'enabled'))) return [];
  const base = plainText(entryOf(options, 'basePath')) ?? '/api/auth';
  const paths = [
    ...(isOn(entryOf(byPassword, 'disableSignUp')) ? [] : ['/sign-up/email']),
    '/sign-in/email',
  ];
  const run = { file: call.getSourceFile().fileName, expression: call };
  return paths.map((path) => ({
    method: 'POST',
    path: `${base}${path}`,
    chain: [run],
    onError: [],
    semantics: handlers,
    at: placeOfCall(call),
  }));
}

/** A setting of the environment may turn it on. */
function mayBeOn(value: Value | undefined): boolean {
  return value !== undefined && (value.kind !== 'literal' || value.value === true);
}

function isOn(value: Value | undefined): boolean {
  return value?.kind === 'literal' && value.value === true;
}
