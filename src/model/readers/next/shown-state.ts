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
  for (const { name, given, node } of screens.flatMap((each) => statesIn(program, each))) {
    const component = leads(program, given, action) ? functionAround(node) : undefined;
    if (component) for (const part of partsShown(component, name)) shown.add(part);
  }
  return [...shown];
}

interface State {
  readonly name: string;
  /** The action as it is handed over. */
  readonly given: ts.Expression;
  readonly node: ts.VariableDeclaration;
}

const states = new WeakMap<ts.SourceFile, readonly State[]>();

/** `const [state, formAction] = useActionState(action, …)`, wherever a file has it. */
function statesIn(program: Program, source: ts.SourceFile): readonly State[] {
  if (!program.matches(source.fileName, /use(Action|Form)State/)) return [];
  program.source(source.fileName);
  const known = states.get(source);
  if (known) return known;
  const found: State[] = [];
  const visit = (node: ts.Node): void => {
    const state = ts.isVariableDeclaration(node) ? stateOf(node) : undefined;
    if (state) found.push(state);
    ts.forEachChild(node, visit);
  };
  visit(source);
  states.set(source, found);
  return found;
}

function stateOf(node: ts.VariableDeclaration): State | undefined {
  const { name, initializer } = node;
  if (!initializer || !ts.isCallExpression(initializer) || !ts.isArrayBindingPattern(name))
    return undefined;
  const [state] = name.elements;
  const [given] = initializer.arguments;
  if (!state || !ts.isBindingElement(state) || !ts.isIdentifier(state.name) || !given)
    return undefined;
  if (!/use(Action|Form)State$/.test(initializer.expression.getText())) return undefined;
  return { name: state.name.text, given, node };
}

/** The action itself, or what `bind` makes of it. */
function leads(program: Program, given: ts.Expression, action: ts.Node): boolean {
  if (ts.isCallExpression(given)) return leads(program, given.expression, action);
  if (ts.isPropertyAccessExpression(given)) return leads(program, given.expression, action);
  const meaning = ts.isIdentifier(given) ? program.meaning(given) : undefined;
  return meaning?.kind === 'declared' && meaning.node === action;
}
