import type { Finding } from '../../../kernel/finding.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { unresolved } from '../unresolved.ts';
import { givenTo, optionOf, type Route } from './routes.ts';

/** The methods that a route's handlers answer, each where its handler is written. */
export interface Served {
  readonly handlers: readonly { readonly method: string; readonly node: ts.Node }[];
  readonly findings: readonly Finding[];
}

const METHODS = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY|ALL)$/;

export function servedIn(program: Program, { options, old, node }: Route): Served {
  const said = old ? options : givenTo(optionOf(givenTo(optionOf(options, 'server')), 'handlers'));
  if (!said && !old) return { handlers: [], findings: [] };
  const list = said && listIn(program, said);
  const handlers = (list?.properties ?? []).flatMap((each) => {
    const method = each.name?.getText().replace(/['"]/g, '') ?? '';
    return METHODS.test(method) ? [{ method: method === 'ANY' ? 'ALL' : method, node: each }] : [];
  });
  const reason = 'its handlers are made elsewhere';
  const lost = list ? list.properties.filter(ts.isSpreadAssignment) : [node];
  return {
    handlers,
    findings: lost.map((each) => unresolved(each, 'model.unresolvedRoute', reason)),
  };
}

/** The list itself, or what a function gives back, a call is given (`createHandlers({ … })`) or a name stands for. */
function listIn(program: Program, said: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (ts.isObjectLiteralExpression(said)) return said;
  if (
    ts.isParenthesizedExpression(said) ||
    ts.isSatisfiesExpression(said) ||
    ts.isAsExpression(said)
  )
    return listIn(program, said.expression);
  if (ts.isCallExpression(said)) {
    const [first] = said.arguments;
    return first && listIn(program, first);
  }
  if (ts.isArrowFunction(said) || ts.isFunctionExpression(said)) {
    program.source(said.getSourceFile().fileName);
    const { body } = said;
    const given = ts.isBlock(body) ? body.statements.find(ts.isReturnStatement)?.expression : body;
    return given && listIn(program, given);
  }
  const meaning = ts.isIdentifier(said) ? program.meaning(said) : undefined;
  if (meaning?.kind !== 'declared' || !ts.isVariableDeclaration(meaning.node)) return undefined;
  const { initializer } = meaning.node;
  return initializer && listIn(program, initializer);
}
