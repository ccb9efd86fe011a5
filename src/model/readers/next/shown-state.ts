import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { functionAround, partsShown } from '../shown-parts.ts';

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
