import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { placeOf } from '../../place.ts';
import type { Endpoint } from '../../reader.ts';
import { property, stringsOf } from '../config-file.ts';
import { exportOf } from '../exports.ts';
import { methodsIn } from '../methods.ts';
import { apiHandlers } from './api-handlers.ts';
import { connectEndpoints, connectRouters } from './connect.ts';
import type { Guard } from './guard-file.ts';
import { type PageFile, type PagesRouter, pagesRouter } from './pages-router.ts';
import { type OldPage, propsHandlers } from './props-handlers.ts';
import type { Settings } from './settings.ts';

interface About {
  readonly program: Program;
  readonly basePath: string;
  readonly guard: Guard | null;
}

/** What an app's `pages` folder answers. */
export function pagesEndpoints(root: string, settings: Settings, about: About): Endpoint[] {
  const router = pagesRouter(about.program, root, settings);
  const connected = connectRouters(about.program, root);
  return router.files.flatMap((each) => {
    if (each.kind === 'page') return pageIn(each, { ...about, router });
    const own = connected(each.file);
    if (!own) return apiIn(each, about);
    const parses = !readsItself(about.program, each.file);
    return connectEndpoints(own, { ...about, paths: each.paths, parses });
  });
}

const METHODS = /^(GET|POST|PUT|PATCH|DELETE)$/;

function apiIn({ file, paths }: PageFile, { program, basePath, guard }: About): Endpoint[] {
  const handler = exportOf(program, file, 'default');
  if (!handler) return [];
  const source = handler.node.getSourceFile();
  const listed =
    stringsOf(property(handler.node, 'methods')) ?? methodsByDefault(program, handler.node);
  const allowed = listed.map((each) => each.toUpperCase()).filter((each) => METHODS.test(each));
  const told = [...new Set([...methodsTold(program, source), ...allowed])];
  const methods = told.length > 0 ? told : ['ALL'];
  return paths.flatMap((path) => {
    const before = guard?.before(path) ?? [];
    const semantics = apiHandlers({
      basePath,
      guarded: before.length > 0,
      parses: !readsItself(program, file),
    });
    const chain = [...before, handler.registered];
    const at = placeOf(handler.node);
    return methods.map((method): Endpoint => ({ method, path, chain, onError: [], semantics, at }));
  });
}

/** `wrap(handler)` of `(handler, options = { methods: ['GET'] }) => …`: what is listed for who lists none. */
function methodsByDefault(program: Program, node: ts.Node): string[] {
  const call = ts.isExportAssignment(node) ? node.expression : node;
  if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return [];
  const meaning = program.meaning(call.expression);
  const made = meaning?.kind === 'declared' ? meaning.node : undefined;
  const wrapper = made && ts.isVariableDeclaration(made) ? made.initializer : made;
  if (!wrapper || !ts.isFunctionLike(wrapper)) return [];
  const left = wrapper.parameters.slice(call.arguments.length);
  const found = left.map(({ initializer }) => initializer && property(initializer, 'methods'));
  return found.flatMap((each) => stringsOf(each) ?? []);
}

/** The methods that a file tells apart, else those of the functions it hands its request on to. */
function methodsTold(program: Program, source: ts.SourceFile, depth = 2): string[] {
  const own = [...methodsIn(source, METHODS), ...methodsGiven(source)];
  if (own.length > 0 || depth === 0) return own;
  const handed = new Set<ts.SourceFile>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && isHandedOn(node)) {
      const meaning = program.meaning(node.expression);
      const file = meaning?.kind === 'declared' ? program.source(meaning.file) : undefined;
      if (file && file !== source) handed.add(file);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...new Set([...handed].flatMap((file) => methodsTold(program, file, depth - 1)))];
}

/**
 * `answer(req, res, { GET: list, POST: create })`, `wrap(handlers)` of such an object in the same file,
 * `route().GET({ … }).handler(list)`.
 */
function methodsGiven(node: ts.Node, isInFunction = false): string[] {
  const within = isInFunction || ts.isFunctionLike(node);
  const inside: string[] = [];
  ts.forEachChild(node, (child) => void inside.push(...methodsGiven(child, within)));
  if (!ts.isCallExpression(node)) return inside;
  const { expression, arguments: args } = node;
  // What a function calls by such a name is a client's.
  const isBuilt = !within && ts.isPropertyAccessExpression(expression);
  const called = isBuilt ? [expression.name.text] : [];
  const keys = args.flatMap((each) => methodKeys(each));
  return [...called.filter((name) => METHODS.test(name)), ...keys, ...inside];
}

/** The methods of an object that has nothing else, or stands under a name and has something about itself besides. */
function methodKeys(given: ts.Expression): string[] {
  const names = (objectOf(given)?.properties ?? []).map(({ name }) => name?.getText() ?? '');
  const methods = names.filter((name) => METHODS.test(name));
  return ts.isIdentifier(given) || methods.length === names.length ? methods : [];
}

/** An object written out in place, or under a name at the top of the file. */
function objectOf(node: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (ts.isObjectLiteralExpression(node)) return node;
  if (!ts.isIdentifier(node)) return undefined;
  const named = node
    .getSourceFile()
    .statements.filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .find(({ name }) => name.getText() === node.text);
  const value = named?.initializer;
  return value && ts.isObjectLiteralExpression(value) ? value : undefined;
}

/** `handle(req, res)`. */
function isHandedOn({ arguments: args }: ts.CallExpression): boolean {
  const [request, response] = args.map((each) => each.getText());
  return /^req(uest)?$/.test(request ?? '') && /^res(ponse)?$/.test(response ?? '');
}

/** `export const config = { api: { bodyParser: false } }`. */
function readsItself(program: Program, file: string): boolean {
  const config = exportOf(program, file, 'config')?.node;
  const parser = config && property(config, 'bodyParser');
  return parser?.kind === ts.SyntaxKind.FalseKeyword;
}

function pageIn(
  { file, paths }: PageFile,
  { program, basePath, guard, router }: About & { readonly router: PagesRouter },
): Endpoint[] {
  const shown = exportOf(program, file, 'default');
  if (!shown) return [];
  const own = (path: string | null) =>
    (path && exportOf(program, path, 'default')?.registered) || null;
  const onRequest = exportOf(program, file, 'getServerSideProps');
  const onDemand = isOnDemand(program, file)
    ? exportOf(program, file, 'getStaticProps')
    : undefined;
  const giver = onRequest ?? onDemand;
  return paths.map((path): Endpoint => {
    const before = guard?.before(path) ?? [];
    const page: OldPage = {
      basePath,
      guarded: before.length > 0,
      props: onRequest ? 'request' : onDemand ? 'static' : null,
      app: own(router.app),
      notFound: own(router.notFound),
    };
    const chain = [...before, ...(giver ? [giver.registered] : []), shown.registered];
    const semantics = propsHandlers(page);
    const at = placeOf(shown.node);
    return { method: 'GET', kind: 'page', path, chain, onError: [], semantics, at };
  });
}

/** Paths that were not built are asked for when somebody comes, unless `fallback` is false. */
function isOnDemand(program: Program, file: string): boolean {
  const paths = exportOf(program, file, 'getStaticPaths')?.node;
  const fallback = paths && property(paths, 'fallback');
  return fallback !== undefined && fallback.kind !== ts.SyntaxKind.FalseKeyword;
}
