import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { ownFiles } from '../../files.ts';
import type { Exported } from '../exports.ts';
import { givenTo, optionOf } from './routes.ts';

/** A function of the server that the app's own pages call. */
export interface ServerFunction extends Exported {
  readonly name: string;
  readonly method: 'GET' | 'POST';
}

/** Whether a specifier is TanStack Start's, whatever it is used with. */
export const START = /^@tanstack\/((react|solid|vue)-)?start(-client|-server)?(\/|$)/;

/**
 * The variables that hold a server function: `createServerFn({ method }).….handler(fn)`, or what code made of one
 * before its handler. Start's compiler asks for a variable around each (`handleCreateServerFn.ts`).
 */
export function functionsOf(program: Program, root: string): ServerFunction[] {
  const outline = program.outlined();
  return ownFiles(program.repo, root)
    .filter((file) => program.matches(file, /\.handler\(/))
    .flatMap((file) =>
      (outline.source(file)?.statements ?? [])
        .flatMap((each) => (ts.isVariableStatement(each) ? each.declarationList.declarations : []))
        .flatMap((node) => functionIn(outline, file, node) ?? []),
    );
}

function functionIn(
  program: Program,
  file: string,
  node: ts.VariableDeclaration,
): ServerFunction | undefined {
  const { name, initializer } = node;
  if (!initializer || !ts.isIdentifier(name) || calledMethod(initializer) !== 'handler')
    return undefined;
  const method = methodOf(program, initializer);
  return method && { name: name.text, method, node, registered: { file, expression: name } };
}

function calledMethod(made: ts.Expression): string | undefined {
  if (!ts.isCallExpression(made)) return undefined;
  const { expression } = made;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
}

/** The method that a chain of calls begins with; undefined where it makes no server function. */
function methodOf(program: Program, made: ts.Expression): 'GET' | 'POST' | undefined {
  if (ts.isPropertyAccessExpression(made)) return methodOf(program, made.expression);
  if (ts.isCallExpression(made)) {
    const before = methodOf(program, made.expression);
    return before && (saidIn(made) ?? before);
  }
  const meaning = ts.isIdentifier(made) ? program.meaning(made) : undefined;
  if (meaning?.kind === 'package')
    return START.test(meaning.package) && meaning.name === 'createServerFn' ? 'GET' : undefined;
  if (meaning?.kind !== 'declared' || !ts.isVariableDeclaration(meaning.node)) return undefined;
  const { initializer } = meaning.node;
  const isMade = initializer && calledMethod(initializer) !== 'handler';
  return isMade ? methodOf(program, initializer) : undefined;
}

function saidIn({ arguments: [options] }: ts.CallExpression): 'GET' | 'POST' | undefined {
  const value = givenTo(optionOf(options, 'method'));
  if (!value || !ts.isStringLiteralLike(value)) return undefined;
  return value.text === 'POST' ? 'POST' : 'GET';
}
