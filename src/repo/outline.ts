import { digest } from '../kernel/digest.ts';
import { ts } from '../kernel/syntax.ts';

/**
 * Tells a file's code outside of functions' bodies from any other: what running the module finds, but for the lines it
 * finds it on, as long as none of its functions is called.
 */
export function outlineOf(source: ts.SourceFile): string {
  const { text } = source;
  const pieces: string[] = [];
  let at = 0;
  const visit = (node: ts.Node): void => {
    const body = bodyOf(node);
    if (!body) {
      ts.forEachChild(node, visit);
      return;
    }
    pieces.push(text.slice(at, body.pos));
    at = body.end;
  };
  visit(source);
  return digest([...pieces, text.slice(at)].join('\u0000'));
}

function bodyOf(node: ts.Node): ts.Node | undefined {
  return ts.isFunctionLike(node) && 'body' in node ? node.body : undefined;
}
