import type { Expr, Formula } from './formula.ts';
import { isFresh } from './formula.ts';

/** A formula in words, for telling why no state can satisfy it. */
export function formulaText(formula: Formula): string {
  switch (formula.kind) {
    case 'atom':
      return `${exprText(formula.left)} ${formula.op} ${exprText(formula.right)}`;
    case 'not':
      return `not (${formulaText(formula.of)})`;
    case 'all':
      return formula.of.map(formulaText).join(' and ');
    case 'some':
      return formula.of.length === 0 ? 'no such row' : formula.of.map(formulaText).join(' or ');
    case 'unknown':
      return formula.text;
  }
}

function exprText(expr: Expr): string {
  switch (expr.kind) {
    case 'value':
      return isFresh(expr.value) ? 'a new value' : JSON.stringify(expr.value);
    case 'variable':
      return expr.name.replace(':', '.').replaceAll('/', '.');
    case 'arith':
      return `${exprText(expr.left)} ${expr.op} ${exprText(expr.right)}`;
    case 'call':
      return `${expr.fn}(${expr.args.map(exprText).join(', ')})`;
    case 'choice':
      return `${exprText(expr.yes)} or ${exprText(expr.no)}`;
    case 'fold':
      return `${expr.op} of rows`;
    case 'unknown':
      return expr.text;
  }
}
