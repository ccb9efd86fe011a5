import { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';

const FILES = ['tsx', 'jsx', 'ts', 'js'].map((ending) => `entry.server.${ending}`);
const ROUTER = /^(ServerRouter|RemixServer)$/;

/** Renders what an app's own `entry.server` puts around the router: contexts that every page finds provided. */
export function provideAround(machine: Machine, app: string): void {
  const { program } = machine.deps;
  const file = FILES.map((name) => `${app}/${name}`).find((each) =>
    program.matches(each, /<(ServerRouter|RemixServer)\b/),
  );
  const source = file === undefined ? undefined : program.source(file);
  const expression = source && outermost(source);
  if (file !== undefined && expression) machine.standing({ file, expression });
}

/** The whole element that the first router stands in; undefined where nothing is around it. */
function outermost(source: ts.SourceFile): ts.JsxElement | undefined {
  let found: ts.JsxElement | undefined;
  const visit = (node: ts.Node, whole: ts.JsxElement | undefined): void => {
    if (found) return;
    if (ts.isJsxOpeningLikeElement(node) && ROUTER.test(node.tagName.getText())) found = whole;
    const inner = ts.isJsxElement(node) ? (whole ?? node) : whole;
    ts.forEachChild(node, (each) => visit(each, ts.isFunctionLike(each) ? undefined : inner));
  };
  visit(source, undefined);
  return found;
}
