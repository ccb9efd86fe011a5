import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import type { Registered } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import type { Machine, Value } from '../../static/value.ts';
import { entryOf, nativeOf, plainText } from '../../static/value.ts';
import { exportOf } from '../exports.ts';
import type { Around } from './around.ts';
import type { Adapter, Step } from './parts.ts';

/** A router as HTTP reaches it. */
export interface Mount {
  readonly router: Value;
  readonly prefix: string;
  /** What runs before any procedure: the function that serves, or what makes the context. */
  readonly first: Step | null;
  /** Whether procedures have methods and paths of their own there. */
  readonly rest: boolean;
  /** What stands around it in the app that serves it. */
  readonly around?: Around;
  readonly node: ts.Node;
}

/** Where it is looked for what serves a router: the files that lead to tRPC, and apps of another framework. */
interface Surroundings {
  readonly files: readonly string[];
  readonly around: (adapter: string, server: ts.Node) => Around | undefined;
}

/** Where a file hands routers to what serves them; a prefix nobody can tell is null. */
export function mountsIn(
  machine: Machine,
  file: string,
  { files, around }: Surroundings,
): (Mount | { node: ts.Node })[] {
  const { program } = machine;
  if (!MENTIONED.every((pattern) => program.matches(file, pattern))) return [];
  const source = program.source(file);
  const found: (Mount | { node: ts.Node })[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) found.push(...mounted(machine, node, { files, around }));
    ts.forEachChild(node, visit);
  };
  if (source) visit(source);
  return found;
}

/** What stands in every file that serves a router: a package of tRPC's, and one of the names its adapters go by. */
const MENTIONED = [/@(?:trpc|hono\/trpc)|trpc-(?:to-)?openapi/, /Handler|Plugin|Middleware|Server/];

function mounted(
  machine: Machine,
  node: ts.CallExpression,
  surroundings: Surroundings,
): (Mount | { node: ts.Node })[] {
  const plugin = fastifyPlugin(machine, node);
  if (plugin) return [plugin];
  if (!isAdapter(machine, node)) return [];
  const made = nativeOf(machine.evaluate(node, null));
  if (made?.type !== 'trpc-adapter') return [{ node }];
  const adapter = made as Adapter;
  const router = entryOf(adapter.options, 'router');
  const around = surroundings.around(adapter.name, node);
  const prefix = prefixOf({ machine, files: surroundings.files }, adapter, { node, around });
  if (!router || prefix === undefined) return [{ node }];
  const first = firstStep(machine, adapter, node);
  const rest = /OpenApi/.test(adapter.name);
  return [{ router, prefix, first, rest, node, ...(around && { around }) }];
}

/** `createExpressMiddleware(…)`, and `trpcExpress.createExpressMiddleware(…)` of a module taken as a whole. */
function isAdapter(machine: Machine, { expression }: ts.CallExpression): boolean {
  const name = ts.isPropertyAccessExpression(expression) ? expression.expression : expression;
  if (!ts.isIdentifier(name)) return false;
  const meaning = machine.program.meaning(name);
  return (
    meaning?.kind === 'package' &&
    /^(@trpc\/server\/adapters|@hono\/trpc|trpc-(to-)?openapi)/.test(meaning.package) &&
    (name === expression || meaning.name === '*')
  );
}

/** `app.register(fastifyTRPCPlugin, { prefix, trpcOptions: { router, createContext } })`. */
function fastifyPlugin(machine: Machine, node: ts.CallExpression): Mount | undefined {
  const [plugin, given] = node.arguments;
  if (!plugin || !given || !ts.isIdentifier(plugin)) return undefined;
  const meaning = machine.program.meaning(plugin);
  if (meaning?.kind !== 'package' || meaning.name !== 'fastifyTRPCPlugin') return undefined;
  const options = machine.evaluate(given, null);
  const inner = entryOf(options, 'trpcOptions');
  const router = entryOf(inner, 'router');
  if (!router) return undefined;
  const prefix = plainText(entryOf(options, 'prefix')) ?? '';
  const first = contextStep(entryOf(inner, 'createContext'));
  return { router, prefix, first, rest: false, node };
}

interface Serving {
  readonly machine: Machine;
  readonly files: readonly string[];
}

function prefixOf(
  serving: Serving,
  { name, options }: Adapter,
  { node, around }: { node: ts.Node; around: Around | undefined },
): string | undefined {
  const endpoint = plainText(entryOf(options, 'endpoint'));
  if (/^(fetchRequestHandler|createOpenApiFetchHandler)$/.test(name)) return endpoint;
  if (OF_NEXT.test(name)) return fromPagesFile(node.getSourceFile().fileName);
  if (name === 'trpcServer') return endpoint ?? around?.path ?? usedAt(serving, node);
  if (/(Express|Koa)Middleware$/.test(name))
    return around?.path ?? usedAt(serving, node) ?? endpoint;
  return plainText(entryOf(options, 'basePath')) ?? endpoint ?? '';
}

/** `pages/api/trpc/[trpc].ts` answers `/api/trpc`. */
function fromPagesFile(file: string): string | undefined {
  return /(?:^|\/)pages(\/api(?:\/[^[\]/]+)*)\/\[/.exec(file)?.[1];
}

/** The path a middleware is used at: `app.use('/trpc', …)`, whatever stands around it or names it. */
function usedAt(serving: Serving, node: ts.Node): string | undefined {
  const { parent } = node;
  if (ts.isCallExpression(parent) && parent.arguments.some((each) => each === node)) {
    const own = pathIn(serving, parent);
    if (own === undefined) return usedAt(serving, parent);
    return `${outerPath(serving, parent)}${own}`;
  }
  return ts.isVariableDeclaration(parent) ? usedByName(serving, parent) : undefined;
}

/** Where the router that something is used on is itself used. */
function outerPath(serving: Serving, { expression }: ts.CallExpression): string {
  const on = ts.isPropertyAccessExpression(expression) ? expression.expression : undefined;
  const meaning = on && ts.isIdentifier(on) ? serving.machine.program.meaning(on) : undefined;
  return (meaning?.kind === 'declared' && usedByName(serving, meaning.node)) || '';
}

function usedByName(serving: Serving, declaration: ts.Node): string | undefined {
  for (const use of usesOf(serving, declaration)) {
    const path = usedAt(serving, use);
    if (path !== undefined) return path;
  }
  return undefined;
}

function pathIn({ machine }: Serving, call: ts.CallExpression): string | undefined {
  const { expression, arguments: args } = call;
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  if (!/^(use|all|route|register)$/.test(expression.name.text)) return undefined;
  const [first] = args;
  const path = first && plainText(machine.evaluate(first, null));
  return path?.replace(/\/\*?$/, '') ?? (expression.name.text === 'use' ? '' : undefined);
}

/** The places that hand on what a declaration names: in its own file, then in those that import it. */
function usesOf({ machine, files }: Serving, declaration: ts.Node): ts.Identifier[] {
  const name = ts.isVariableDeclaration(declaration) ? declaration.name : undefined;
  if (!name || !ts.isIdentifier(name)) return [];
  const { program } = machine;
  const own = declaration.getSourceFile().fileName;
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isHandedOn(node) && node !== name) {
      const meaning = program.meaning(node);
      if (meaning?.kind === 'declared' && meaning.node === declaration) found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  for (const file of [own, ...files.filter((each) => each !== own)]) {
    const source = program.matches(file, ARGUMENT) ? program.source(file) : undefined;
    if (source) visit(source);
  }
  return found;
}

const ARGUMENT = /\.(?:use|all|route|register)\b/;

function isHandedOn(node: ts.Identifier): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression !== node;
}

/** The first thing that runs: the function around an adapter, or what makes the context. */
function firstStep({ program }: Machine, { name, options }: Adapter, node: ts.Node): Step | null {
  const context = contextStep(entryOf(options, 'createContext'));
  const serving = servingIn(program, name, node);
  if (!serving) return context;
  return { kind: 'serve', registered: serving, ...(context && { context: context.registered }) };
}

/** Adapters for API routes of Next's pages router, which a file's default export is or calls. */
const OF_NEXT = /^create(NextApi|OpenApiNext)Handler$/;

function servingIn(program: Program, name: string, node: ts.Node): Registered | undefined {
  const file = node.getSourceFile().fileName;
  if (OF_NEXT.test(name)) return exportOf(program, file, 'default')?.registered;
  const within = /^(fetchRequestHandler|nodeHTTPRequestHandler|createOpenApi\w*Handler)$/.test(
    name,
  );
  const expression = within ? functionAround(node) : undefined;
  return expression && { file, expression };
}

function contextStep(value: Value | undefined): Step | null {
  const own = registered(value);
  return own && { kind: 'context', registered: own };
}

/** The function in which a request is served. */
function functionAround(node: ts.Node): ts.Expression | undefined {
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isArrowFunction(at) || ts.isFunctionExpression(at)) return at;
    if (ts.isFunctionDeclaration(at)) return at.name;
  }
  return undefined;
}
