import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import type { Registered } from '../reader.ts';

/** The element that a bundle's entry file puts on the page; undefined where no one entry fits. */
export function mountOf(program: Program, root: string, script: string): Registered | undefined {
  const prefix = root === '.' ? '' : `${root}/`;
  const files = program.repo.files
    .map(({ path }) => path)
    .filter((path) => path.startsWith(prefix) && /\.[jt]sx?$/.test(path) && !isTest(path));
  const address = script.split('?')[0] ?? '';
  const written = files.find((path) => path === prefix + address.replace(/^\//, ''));
  const name =
    address
      .split('/')
      .at(-1)
      ?.replace(/\.[mc]?[jt]sx?$/, '') ?? '';
  const candidates = written
    ? [written]
    : [...configured(program, files, name), ...named(files, name)];
  const mounts = candidates.flatMap((path) => {
    const source = program.source(path);
    const element = source && mountedIn(source);
    return element ? [{ file: path, expression: element }] : [];
  });
  const distinct = [...new Map(mounts.map((mount) => [mount.file, mount])).values()];
  const [only] = distinct;
  return distinct.length === 1 ? only : undefined;
}

function isTest(path: string): boolean {
  return /\.(test|spec|stories)\.|(^|\/)(tests?|__tests__)\//.test(path);
}

/** `cart-3f2a91bc.js` is a bundle of `cart.tsx`. */
function named(files: readonly string[], name: string): string[] {
  const plain = name.replace(/[-.][\da-zA-Z_-]{8,}$/, '');
  return files.filter((path) => {
    const own = path
      .split('/')
      .at(-1)
      ?.replace(/\.[jt]sx?$/, '');
    return own === name || own === plain;
  });
}

/** Entry points of a bundler's configuration: `{ cart: 'src/client/cart.tsx' }` or a list of files. */
function configured(program: Program, files: readonly string[], name: string): string[] {
  return files.flatMap((path) => {
    const source = program.source(path);
    if (!source || !/\b(entryPoints|input)\b/.test(source.text)) return [];
    return entriesIn(source).flatMap(([entry, target]) => {
      const file = target.replace(/^\.?\//, '');
      const found = files.filter((each) => each === file || each.endsWith(`/${file}`));
      const own =
        entry ??
        file
          .split('/')
          .at(-1)
          ?.replace(/\.[jt]sx?$/, '');
      return own === name ? found : [];
    });
  });
}

function entriesIn(source: ts.SourceFile): [string | null, string][] {
  const found: [string | null, string][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && /^(entryPoints|input)$/.test(node.name.getText())) {
      found.push(...targetsIn(node.initializer));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function targetsIn(value: ts.Expression): [string | null, string][] {
  if (ts.isArrayLiteralExpression(value)) {
    return value.elements.flatMap((each): [string | null, string][] =>
      ts.isStringLiteralLike(each) ? [[null, each.text]] : [],
    );
  }
  if (!ts.isObjectLiteralExpression(value)) return [];
  return value.properties.flatMap((each): [string | null, string][] => {
    if (!ts.isPropertyAssignment(each) || !ts.isStringLiteralLike(each.initializer)) return [];
    return [[each.name.getText().replace(/^['"]|['"]$/g, ''), each.initializer.text]];
  });
}

/** `createRoot(…).render(<App />)`, `root.render(<App />)`, `hydrateRoot(…, <App />)`. */
function mountedIn(source: ts.SourceFile): ts.Expression | undefined {
  if (!/\b(createRoot|hydrateRoot)\b/.test(source.text)) return undefined;
  let found: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) found ??= mountedBy(node);
    if (!found) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function mountedBy({ expression, arguments: args }: ts.CallExpression): ts.Expression | undefined {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  if (!ts.isIdentifier(name)) return undefined;
  if (name.text === 'render' && ts.isPropertyAccessExpression(expression)) return args[0];
  return name.text === 'hydrateRoot' ? args[1] : undefined;
}
