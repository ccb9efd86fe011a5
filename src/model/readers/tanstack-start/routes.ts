import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { ownFiles } from '../../files.ts';
import { type Exported, exportOf } from '../exports.ts';
import type { Settings } from './settings.ts';

/** A file of routes as it declares itself: `createFileRoute('/posts/$id')({ … })`. */
export interface Route extends Exported {
  /** Its id, as the generator keeps it: `/_app/posts/$id`, an index with a slash at its end; empty for the root. */
  readonly id: string;
  readonly file: string;
  /** What it is made with, as it is written there. */
  readonly options: ts.Expression | null;
  /** Made by a function of servers alone, whose options are its handlers by method. */
  readonly old: boolean;
}

const MAKERS = /create(RootRoute(WithContext)?|FileRoute|ServerFileRoute|APIFileRoute)\b/;

/**
 * The routes that files declare. The router's generator writes a file's place into its call (`router-generator`,
 * `generator.ts`), so the call says all that names of files, folders and virtual routes come to.
 */
export function routesOf(program: Program, root: string, settings: Settings): Route[] {
  const outline = program.outlined();
  return ownFiles(program.repo, root)
    .filter((file) => isRoute(file, settings) && program.matches(file, MAKERS))
    .flatMap((file) =>
      ['Route', 'ServerRoute', 'APIRoute'].flatMap((name) => {
        const exported = exportOf(outline, file, name);
        if (!exported || !ts.isVariableDeclaration(exported.node)) return [];
        const { initializer } = exported.node;
        const route = initializer && routeIn(initializer);
        return route ? [{ ...exported, ...route, file }] : [];
      }),
    );
}

/** Files and folders that begin with a dash are none of the router's. */
function isRoute(file: string, { ignored }: Settings): boolean {
  return !/\/-[^/]*(\/|$)/.test(file) && !file.split('/').some((part) => ignored?.test(part));
}

function routeIn(made: ts.Expression): Pick<Route, 'id' | 'options' | 'old'> | undefined {
  if (!ts.isCallExpression(made)) return undefined;
  const name = nameOf(made.expression);
  if (name === 'createRootRoute') return { id: '', options: optionsOf(made), old: false };
  if (ts.isPropertyAccessExpression(made.expression)) {
    const inner = routeIn(made.expression.expression);
    return inner && { ...inner, options: optionsOf(made) ?? inner.options };
  }
  if (!ts.isCallExpression(made.expression)) {
    if (name !== 'createServerFileRoute' && name !== 'createFileRoute') return undefined;
    return { id: idOf(made), options: null, old: name === 'createServerFileRoute' };
  }
  const maker = nameOf(made.expression.expression);
  if (maker === 'createRootRouteWithContext') {
    return { id: '', options: optionsOf(made), old: false };
  }
  if (maker !== 'createFileRoute' && maker !== 'createAPIFileRoute') return undefined;
  return {
    id: idOf(made.expression),
    options: optionsOf(made),
    old: maker === 'createAPIFileRoute',
  };
}

function nameOf(node: ts.Expression): string {
  return ts.isIdentifier(node) ? node.text : '';
}

function idOf({ arguments: [path] }: ts.CallExpression): string {
  return path && ts.isStringLiteralLike(path) ? path.text : '';
}

function optionsOf({ arguments: [options] }: ts.CallExpression): ts.Expression | null {
  return options ?? null;
}

/** An option by its name, where it is written out. */
export function optionOf(
  options: ts.Expression | null | undefined,
  name: string,
): ts.ObjectLiteralElementLike | undefined {
  if (!options || !ts.isObjectLiteralExpression(options)) return undefined;
  return options.properties.find((each) => each.name?.getText() === name);
}

/** What an option is given. */
export function givenTo(option: ts.ObjectLiteralElementLike | undefined) {
  return option && ts.isPropertyAssignment(option) ? option.initializer : undefined;
}
