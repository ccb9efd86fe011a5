import { ts } from '../../kernel/syntax.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One way a branch can go. It went there as often as `of` ran, less how often `less` did. */
export interface Side {
  readonly kind: string;
  /** What names it for a person. */
  readonly node: ts.Node;
  /** What decides it: it runs whichever way the branch goes. */
  readonly decided: Span;
  readonly of: Span;
  readonly less: Span | null;
}

/** How often what stands there ran; undefined for what is not in the code that ran. */
export type CountRuns = (span: Span) => number | undefined;

const LOGICAL: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

/** The sides of every branch that a node has in it, in the order of the source. */
export function sidesOf(root: ts.Node): Side[] {
  const found: Side[] = [];
  const visit = (node: ts.Node): void => {
    found.push(...ownSides(node));
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/** How often it was taken; undefined where the code that ran does not have it. */
export function runsOf({ of, less }: Side, count: CountRuns): number | undefined {
  const all = count(of);
  if (less === null || all === undefined) return all;
  const other = count(less);
  return other === undefined ? undefined : all - other;
}

function ownSides(node: ts.Node): Side[] {
  if (ts.isIfStatement(node)) return sidesOfIf(node);
  if (ts.isConditionalExpression(node)) {
    const decided = spanOf(node.condition);
    return [
      { kind: '?', node: node.whenTrue, decided, of: spanOf(node.whenTrue), less: null },
      { kind: ':', node: node.whenFalse, decided, of: spanOf(node.whenFalse), less: null },
    ];
  }
  if (ts.isBinaryExpression(node) && LOGICAL.has(node.operatorToken.kind)) {
    const [left, right] = [spanOf(node.left), spanOf(node.right)];
    const operator = node.operatorToken.getText();
    return [
      { kind: operator, node, decided: left, of: right, less: null },
      { kind: `not ${operator}`, node, decided: left, of: left, less: right },
    ];
  }
  if (ts.isCaseOrDefaultClause(node)) {
    const [first] = node.statements;
    const decided = spanOf(node.parent.parent.expression);
    return first ? [{ kind: 'case', node, decided, of: spanOf(first), less: null }] : [];
  }
  if (!ts.isCatchClause(node)) return [];
  const decided = spanOf(node.parent.tryBlock);
  return within(node.block).map((of) => ({
    kind: 'catch',
    node: node.block,
    decided,
    of,
    less: null,
  }));
}

function sidesOfIf(node: ts.IfStatement): Side[] {
  const { expression, thenStatement: then, elseStatement: other } = node;
  const decided = spanOf(expression);
  const taken = within(then);
  const less = taken[0] ?? null;
  const left = other ? within(other) : [decided];
  return [
    ...taken.map((of) => ({ kind: 'then', node: then, decided, of, less: null })),
    ...(other
      ? left.map((of) => ({ kind: 'else', node: other, decided, of, less: null }))
      : taken.map(() => ({ kind: 'no else', node: expression, decided, of: decided, less }))),
  ];
}

/** The first statement of a block, or what stands in its place; an empty block has nothing that runs. */
function within(node: ts.Statement): Span[] {
  const first = ts.isBlock(node) ? node.statements[0] : node;
  return first ? [spanOf(first)] : [];
}

function spanOf(node: ts.Node): Span {
  const first = ts.isBlock(node) ? (node.statements[0] ?? node) : node;
  return { start: first.getStart(), end: first.getEnd() };
}
