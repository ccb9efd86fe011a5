import { ts } from '../../kernel/syntax.ts';

/** The names of a variable's parts that a component shows: `{state.message}` among an element's children. */
export function partsShown(component: ts.Node, state: string): string[] {
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

export function functionAround(node: ts.Node): ts.Node | undefined {
  for (let at: ts.Node | undefined = node; at; at = at.parent) if (ts.isFunctionLike(at)) return at;
  return undefined;
}
