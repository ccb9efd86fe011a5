import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import type { Component, Route } from '../model.ts';
import { placeOf } from '../place.ts';
import { readForm } from './form.ts';
import { requestsOf } from './requests.ts';

/** A component as read, with the function that renders it. */
export interface ReadComponent {
  readonly component: Component;
  readonly node: ts.FunctionLikeDeclaration;
}

/** Every React component of an app, with its fields, buttons, texts and the routes it calls. */
export function readComponents(
  program: Program,
  root: string,
  routes: readonly Route[],
): ReadComponent[] {
  const prefix = root === '.' ? '' : `${root}/`;
  const files = program.repo.files.filter(
    ({ path }) =>
      path.startsWith(prefix) && /\.[jt]sx$/.test(path) && !/\.(test|spec)\./.test(path),
  );
  const found = files.flatMap(({ path }) => {
    const source = program.source(path);
    return source ? componentsIn(source).map((node) => read(program, node, routes)) : [];
  });
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function order({ component }: ReadComponent): string {
  return `${component.name}\u0000${component.at.file}`;
}

function read(
  program: Program,
  node: ts.FunctionLikeDeclaration,
  routes: readonly Route[],
): ReadComponent {
  const form = readForm(node);
  const calls = requestsOf(program, node).map(({ method, path, at }) => ({
    route:
      routes.find((route) => route.method === method && samePath(route.path, path))?.id ?? null,
    method,
    path,
    at: placeOf(at),
  }));
  return {
    node,
    component: {
      name: componentName(node) ?? '',
      at: placeOf(node),
      renders: rendered(program, node),
      fields: form.fields,
      buttons: form.buttons,
      text: form.text,
      calls,
    },
  };
}

/** Functions with a capitalised name whose body has JSX. */
function componentsIn(source: ts.SourceFile): ts.FunctionLikeDeclaration[] {
  const found: ts.FunctionLikeDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (isFunction(node) && /^[A-Z]/.test(componentName(node) ?? '') && hasJsx(node)) {
      found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return (
    ts.isFunctionDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node)
  );
}

/** The name a component has: its own, or that of the variable it is put in (through `memo(…)` too). */
export function componentName(node: ts.FunctionLikeDeclaration): string | undefined {
  if (node.name && ts.isIdentifier(node.name)) return node.name.text;
  let parent: ts.Node = node.parent;
  while (ts.isCallExpression(parent) || ts.isParenthesizedExpression(parent))
    parent = parent.parent;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return undefined;
  return parent.name.text;
}

function hasJsx(node: ts.Node): boolean {
  const isJsx = ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node);
  return isJsx || (ts.forEachChild(node, (child) => hasJsx(child) || undefined) ?? false);
}

function rendered(program: Program, component: ts.Node): string[] {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node)) {
      const { tagName } = node;
      if (ts.isIdentifier(tagName) && /^[A-Z]/.test(tagName.text)) {
        const meaning = program.meaning(tagName);
        if (meaning?.kind === 'declared') names.add(declaredName(meaning.node) ?? tagName.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(component);
  return [...names].sort();
}

function declaredName(node: ts.Node): string | undefined {
  const name =
    ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node) ? node.name : undefined;
  return name && ts.isIdentifier(name) ? name.text : undefined;
}

/** A called path fits a route's when every segment is the same or either side is a parameter. */
function samePath(route: string, called: string): boolean {
  const [left, right] = [route.split('/'), called.split('?')[0]?.split('/') ?? []];
  return (
    left.length === right.length &&
    left.every(
      (part, index) => part === right[index] || part.startsWith(':') || right[index] === ':',
    )
  );
}
