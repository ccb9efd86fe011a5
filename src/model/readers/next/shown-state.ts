import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';

/** What a form shows of what its action gave back: the names of the state's parts that are on screen. */
export function shownOf(
  program: Program,
  action: ts.Node,
  screens: readonly ts.SourceFile[],
): string[] {
  const shown = new Set<string>();
  for (const source of screens) {
    if (!/use(Action|Form)State/.test(source.text)) continue;
    const visit = (node: ts.Node): void => {
      const state = ts.isVariableDeclaration(node) ? stateOf(program, node, action) : undefined;
      const component = state && functionAround(node);
      if (state && component) for (const name of partsShown(component, state)) shown.add(name);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return [...shown];
}

/** `const [state, formAction] = useActionState(action, …)`: the state's name. */
function stateOf(
  program: Program,
  { name, initializer }: ts.VariableDeclaration,
  action: ts.Node,
): string | undefined {
  if (!initializer || !ts.isCallExpression(initializer) || !ts.isArrayBindingPattern(name))
    return undefined;
  const [state] = name.elements;
  const [given] = initializer.arguments;
  if (!state || !ts.isBindingElement(state) || !ts.isIdentifier(state.name) || !given)
    return undefined;
  if (!/use(Action|Form)State$/.test(initializer.expression.getText())) return undefined;
  return leads(program, given, action) ? state.name.text : undefined;
}

/** The action itself, or what `bind` makes of it. */
function leads(program: Program, given: ts.Expression, action: ts.Node): boolean {
  if (ts.isCallExpression(given)) return leads(program, given.expression, action);
  if (ts.isPropertyAccessExpression(given)) return leads(program, given.expression, action);
  const meaning = ts.isIdentifier(given) ? program.meaning(given) : undefined;
  return meaning?.kind === 'declared' && meaning.node === action;
}

function functionAround(node: ts.Node): ts.Node | undefined {
  for (let at: ts.Node | undefined = node; at; at = at.parent) if (ts.isFunctionLike(at)) return at;
  return undefined;
}

/** `{state.message}` among an element's children. */
function partsShown(component: ts.Node, state: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node, within: boolean): void => {
    const child = ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent);
    const part = within && ts.isPropertyAccessExpression(node) ? node : undefined;
    if (part && part.expression.getText() === state) names.push(part.name.text);
    const goesOn = child || (within && !ts.isJsxAttribute(node));
    ts.forEachChild(node, (each) => visit(each, goesOn));
  };
  visit(component, false);
  return names;
}
