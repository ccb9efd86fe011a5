// Every side that the branches of a source have, and the ones that never ran.
import { ts } from 'ts-morph';

export interface Side {
  file: string;
  side: string;
  code: string;
}

interface Span {
  readonly source: ts.SourceFile;
  readonly start: number;
  readonly end: number;
}

/** How often what stands there ran; undefined for what is not in the code that ran. */
export type CountRuns = (span: Span) => number | undefined;

const clip = (text: string) => {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 100 ? `${flat.slice(0, 99)}…` : flat;
};

/** The sides of one file's branches, as they ran. */
export class Sides {
  readonly missed: Side[] = [];
  count = 0;

  private readonly source: ts.SourceFile;
  private readonly name: string;
  private readonly countRuns: CountRuns;

  constructor(name: string, text: string, countRuns: CountRuns) {
    this.name = name;
    this.countRuns = countRuns;
    const kind = name.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    this.source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, kind);
    this.visit(this.source);
  }

  private runs(node: ts.Node): number | undefined {
    const first = ts.isBlock(node) ? node.statements[0] : node;
    if (!first) return undefined;
    return this.countRuns({ source: this.source, start: first.getStart(), end: first.getEnd() });
  }

  private check(side: string, node: ts.Node, runs: number | undefined) {
    if (runs === undefined) return;
    this.count++;
    if (runs <= 0) this.missed.push({ file: this.name, side, code: clip(node.getText()) });
  }

  private remainder(side: string, node: ts.Node, [all, taken]: [ts.Node, ts.Node]) {
    const total = this.runs(all);
    const part = this.runs(taken);
    if (total !== undefined && part !== undefined) this.check(side, node, total - part);
  }

  private visit(node: ts.Node): void {
    if (ts.isIfStatement(node)) {
      this.check('then', node.thenStatement, this.runs(node.thenStatement));
      if (node.elseStatement) this.check('else', node.elseStatement, this.runs(node.elseStatement));
      else this.remainder('no else', node.expression, [node.expression, node.thenStatement]);
    } else if (ts.isConditionalExpression(node)) {
      this.check('?', node.whenTrue, this.runs(node.whenTrue));
      this.check(':', node.whenFalse, this.runs(node.whenFalse));
    } else if (ts.isBinaryExpression(node) && this.isLogical(node.operatorToken.kind)) {
      const operator = node.operatorToken.getText();
      this.check(operator, node, this.runs(node.right));
      this.remainder(`not ${operator}`, node, [node.left, node.right]);
    } else if (ts.isCaseOrDefaultClause(node)) {
      const [first] = node.statements;
      if (first) this.check('case', node, this.runs(first));
    } else if (ts.isCatchClause(node)) {
      this.check('catch', node.block, this.runs(node.block));
    } else if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      this.check('function', node, this.runs(node.body as ts.Node));
    }
    node.forEachChild((child) => this.visit(child));
  }

  private isLogical(kind: ts.SyntaxKind) {
    return (
      kind === ts.SyntaxKind.AmpersandAmpersandToken ||
      kind === ts.SyntaxKind.BarBarToken ||
      kind === ts.SyntaxKind.QuestionQuestionToken
    );
  }
}
