import type { Finding } from '../../kernel/finding.ts';
import { ts } from '../../kernel/syntax.ts';
import { type Cache, isInside, type Program } from '../../repo/repo.ts';
import { remembered } from '../kept.ts';
import type { Component, Route } from '../model.ts';
import { placeOf } from '../place.ts';
import { readForm } from './form.ts';
import { requestsOf } from './requests.ts';

interface About {
  readonly root: string;
  readonly routes: readonly Route[];
  readonly cache: Cache;
}

/** What one file has, before anything is known of routes; or what all of an app's files have. */
interface Found {
  readonly components: Component[];
  readonly unparsable: readonly Finding[];
}

/** Every React component of an app, with its fields, buttons, texts and the routes it calls; kept file by file. */
export function readComponents(program: Program, { root, routes, cache }: About): Found {
  const files = program.repo.files.filter(
    ({ path }) => isInside(path, root) && /\.[jt]sx$/.test(path) && !/\.(test|spec)\./.test(path),
  );
  const found = files.map(({ path }) => {
    const view = program.apart();
    return remembered({ cache, program: view }, `components of ${path}`, () =>
      readFile(view, path),
    );
  });
  const components = found.flatMap((each) => each.components).map((each) => led(each, routes));
  return {
    components: components.sort((a, b) => (order(a) < order(b) ? -1 : 1)),
    unparsable: found.flatMap((each) => each.unparsable),
  };
}

function order({ name, at }: Component): string {
  return `${name}\u0000${at.file}`;
}

function readFile(program: Program, path: string): Found {
  const source = program.source(path);
  const components = source ? componentsIn(source).map((node) => read(program, node)) : [];
  return { components, unparsable: program.findings() };
}

function read(program: Program, node: ts.FunctionLikeDeclaration): Component {
  const form = readForm(node);
  const calls = requestsOf(program, node).map(({ method, path, at }) => ({
    route: null,
    method,
    path,
    at: placeOf(at),
  }));
  return {
    name: componentName(node) ?? '',
    at: placeOf(node),
    renders: rendered(program, node),
    fields: form.fields,
    buttons: form.buttons,
    text: form.text,
    calls,
  };
}

/** With the routes that its calls lead to. */
function led(component: Component, routes: readonly Route[]): Component {
  const calls = component.calls.map((call) => {
    const { method, path } = call;
    const route = routes.find((each) => each.method === method && samePath(each.path, path));
    return { ...call, route: route?.id ?? null };
  });
  return { ...component, calls };
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
