import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';

/** What an app's `next.config` says outright that bears on its routes. */
export interface Settings {
  /** What stands before every path; empty where nothing does. */
  readonly basePath: string;
  readonly pageExtensions: readonly string[];
}

const ENDINGS = ['ts', 'mts', 'js', 'mjs', 'cjs'];
const EXTENSIONS = ['tsx', 'ts', 'jsx', 'js'];

export function settingsOf(program: Program, root: string): Settings {
  const prefix = root === '.' ? '' : `${root}/`;
  const sources = ENDINGS.flatMap(
    (ending) => program.source(`${prefix}next.config.${ending}`) ?? [],
  );
  const [source] = sources;
  const basePath = source && stringOf(property(source, 'basePath'));
  const extensions = source && stringsOf(property(source, 'pageExtensions'));
  return {
    basePath: basePath?.replace(/\/$/, '') ?? '',
    pageExtensions: extensions && extensions.length > 0 ? extensions : EXTENSIONS,
  };
}

function property(node: ts.Node, name: string): ts.Expression | undefined {
  if (ts.isPropertyAssignment(node) && node.name.getText() === name) return node.initializer;
  return ts.forEachChild(node, (child) => property(child, name));
}

function stringOf(node: ts.Expression | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function stringsOf(node: ts.Expression | undefined): string[] | undefined {
  if (!node || !ts.isArrayLiteralExpression(node)) return undefined;
  return node.elements.flatMap((each) => stringOf(each) ?? []);
}
