import { ts } from '../kernel/syntax.ts';
import type { Endpoint } from './reader.ts';

/** What makes a handler, or is called in one, that hands its requests on to what another framework has registered. */
const ADAPTERS =
  /\b(handle|fetchRequestHandler|createNextApiHandler|trpcServer|toNextJsHandler|toNodeHandler)\s*\(/;

/**
 * What several frameworks found, without the catch-alls that hand on to one of the others (`export const GET = handle(app)`
 * of hono/vercel): what is answered below them is that one's, and read as such.
 */
export function withoutHandedOn(found: readonly (readonly Endpoint[])[]): Endpoint[] {
  return found.flatMap((own) => {
    const others = found.filter((each) => each !== own).flat();
    return own.filter((endpoint) => !isHandedOn(endpoint, others));
  });
}

function isHandedOn({ path, chain }: Endpoint, others: readonly Endpoint[]): boolean {
  const last = chain.at(-1);
  const prefix = `${path.replace(/\/[:*]\w+$/, '')}/`;
  if (!last || !others.some((other) => other.path.startsWith(prefix))) return false;
  return ADAPTERS.test(declarationOf(last.expression).getText());
}

/** A name's own declaration, whole; any other expression as it stands. */
function declarationOf(expression: ts.Expression): ts.Node {
  if (!ts.isIdentifier(expression)) return expression;
  let at: ts.Node = expression;
  while (ts.isIdentifier(at) || ts.isBindingElement(at) || ts.isObjectBindingPattern(at))
    at = at.parent;
  return ts.isVariableDeclaration(at) || ts.isFunctionDeclaration(at) ? at : expression;
}
