import { parametersOf, ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';

/** A request code makes; unknown path segments are `:`. */
export interface MadeRequest {
  readonly method: string;
  readonly path: string;
  readonly at: ts.Node;
}

type Bindings = ReadonlyMap<string, Bound>;
/** An expression with the bindings of the function it was written in. */
interface Bound {
  readonly expression: ts.Expression;
  readonly bindings: Bindings;
}

/** Where a walk is: the call in the component that led here, and how deep. */
interface Frame {
  readonly bindings: Bindings;
  readonly via: ts.Node | null;
  readonly depth: number;
}

const DEPTH = 4;
const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);
const NONE: Bindings = new Map();

/** The requests a function makes, directly or through the repo's own functions it calls (to depth 4). */
export function requestsOf(program: Program, start: ts.Node): MadeRequest[] {
  const found = new Map<string, MadeRequest>();
  const walk = (node: ts.Node, frame: Frame): void => {
    if (ts.isCallExpression(node)) {
      const request = readRequest(program, node, frame.bindings);
      if (request) {
        found.set(`${request.method} ${request.path}`, { ...request, at: frame.via ?? node });
      } else if (frame.depth < DEPTH) follow(node, frame);
    }
    ts.forEachChild(node, (child) => walk(child, frame));
  };
  const follow = (call: ts.CallExpression, { bindings, via, depth }: Frame): void => {
    const callee = calledFunction(program, call.expression);
    if (!callee?.body) return;
    const bound = new Map<string, Bound>();
    for (const [index, parameter] of parametersOf(callee).entries()) {
      const argument = call.arguments[index] ?? parameter.initializer;
      if (argument && ts.isIdentifier(parameter.name)) {
        bound.set(parameter.name.text, { expression: argument, bindings });
      }
    }
    walk(callee.body, { bindings: bound, via: via ?? call, depth: depth + 1 });
  };
  walk(start, { bindings: NONE, via: null, depth: 0 });
  return [...found.values()].sort((a, b) => (a.path + a.method < b.path + b.method ? -1 : 1));
}

/** `fetch(path, { method })`, `axios.get(path)`, `client.post(path)` with an imported client. */
function readRequest(
  program: Program,
  call: ts.CallExpression,
  bindings: Bindings,
): Omit<MadeRequest, 'at'> | null {
  const [target, options] = call.arguments;
  if (!target) return null;
  const { expression } = call;
  const isFetch = ts.isIdentifier(expression)
    ? expression.text === 'fetch' && !program.meaning(expression)
    : ts.isPropertyAccessExpression(expression) &&
      expression.name.text === 'fetch' &&
      ['window', 'globalThis'].includes(expression.expression.getText());
  if (isFetch) return request(methodIn(options, bindings), textOf(program, target, bindings));
  if (!ts.isPropertyAccessExpression(expression) || !ts.isIdentifier(expression.expression))
    return null;
  const verb = expression.name.text;
  const client = program.meaning(expression.expression);
  const isClient = client?.kind === 'package' && /^(axios|ky|got|superagent)$/.test(client.package);
  return isClient && METHODS.has(verb) ? request(verb, textOf(program, target, bindings)) : null;
}

function request(method: string, target: string): Omit<MadeRequest, 'at'> | null {
  const path = target.replace(/^https?:\/\/[^/]+/, '').split('?')[0] ?? '';
  return path.startsWith('/') ? { method: method.toUpperCase(), path } : null;
}

/** The `method` of fetch options, `GET` where none is given. */
function methodIn(options: ts.Expression | undefined, bindings: Bindings): string {
  if (!options) return 'GET';
  if (ts.isIdentifier(options)) {
    const bound = bindings.get(options.text);
    return bound ? methodIn(bound.expression, bound.bindings) : 'GET';
  }
  if (!ts.isObjectLiteralExpression(options)) return 'GET';
  let method = 'GET';
  for (const property of options.properties) {
    if (ts.isSpreadAssignment(property)) method = methodIn(property.expression, bindings);
    const name = property.name?.getText();
    if (name !== 'method') continue;
    const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
    const bound = ts.isShorthandPropertyAssignment(property) ? bindings.get('method') : undefined;
    const literal = value && ts.isIdentifier(value) ? bindings.get(value.text)?.expression : value;
    const text = literal ?? bound?.expression;
    if (text && ts.isStringLiteralLike(text)) method = text.text;
  }
  return method;
}

/** A path as text; what is not a literal is `:`. */
function textOf(program: Program, expression: ts.Expression, bindings: Bindings): string {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isTemplateExpression(expression)) {
    const spans = expression.templateSpans.map(
      (span) => textOf(program, span.expression, bindings) + span.literal.text,
    );
    return expression.head.text + spans.join('');
  }
  if (ts.isBinaryExpression(expression)) {
    return textOf(program, expression.left, bindings) + textOf(program, expression.right, bindings);
  }
  if (ts.isIdentifier(expression)) {
    const bound = bindings.get(expression.text);
    if (bound) return textOf(program, bound.expression, bound.bindings);
    const meaning = program.meaning(expression);
    const declared = meaning?.kind === 'declared' && ts.isVariableDeclaration(meaning.node);
    if (declared && meaning.node.initializer && isConst(meaning.node)) {
      return textOf(program, meaning.node.initializer, NONE);
    }
  }
  return ':';
}

function isConst(node: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const) !== 0;
}

function calledFunction(
  program: Program,
  callee: ts.Expression,
): ts.FunctionLikeDeclaration | undefined {
  if (ts.isPropertyAccessExpression(callee)) return methodOf(program, callee);
  if (!ts.isIdentifier(callee)) return undefined;
  const meaning = program.meaning(callee);
  return meaning?.kind === 'declared' ? functionIn(meaning.node) : undefined;
}

/** `api.cart.get` where `api` is an object literal of the repo. */
function methodOf(
  program: Program,
  access: ts.PropertyAccessExpression,
): ts.FunctionLikeDeclaration | undefined {
  const property = propertyOf(program, access.expression, access.name.text);
  return property ? functionIn(property) : undefined;
}

function propertyOf(program: Program, owner: ts.Expression, name: string): ts.Node | undefined {
  let object: ts.Node | undefined;
  if (ts.isIdentifier(owner)) {
    const meaning = program.meaning(owner);
    object = meaning?.kind === 'declared' ? initializerOf(meaning.node) : undefined;
  } else if (ts.isPropertyAccessExpression(owner)) {
    object = initializerOf(propertyOf(program, owner.expression, owner.name.text));
  }
  while (object && (ts.isAsExpression(object) || ts.isSatisfiesExpression(object)))
    object = object.expression;
  if (!object || !ts.isObjectLiteralExpression(object)) return undefined;
  return object.properties.find((property) => property.name?.getText() === name);
}

function initializerOf(node: ts.Node | undefined): ts.Node | undefined {
  return node && (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node))
    ? node.initializer
    : undefined;
}

function functionIn(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return node;
  const value = initializerOf(node);
  return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? value : undefined;
}
