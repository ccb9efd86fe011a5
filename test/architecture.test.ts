import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { ts } from 'ts-morph';
import { describe, expect, test } from 'vitest';

/** The ladder of ARCHITECTURE.md, lowest rung first; folders on one rung are siblings. */
const LADDER = [
  ['kernel'],
  ['condition', 'config', 'llm', 'db'],
  ['repo'],
  ['model'],
  ['scenarios'],
  ['plan'],
  ['state'],
  ['bulk'],
  ['run'],
  ['proof'],
  ['branch'],
  ['report'],
  ['eval'],
  ['operations'],
  ['edges'],
];
const ROOT = resolve(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');
/** Folders whose every file may be imported from above. */
const OPEN = new Set(['kernel']);
/** Rungs where verbs meet. */
const MEETING = new Set(['operations', 'edges']);
/** A rung's noun file is its own name; these two stand beside theirs. */
const NOUNS = new Set(['condition/logic.ts', 'model/reader.ts']);

interface Arrow {
  from: string;
  to: string;
  typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

function specifiers(file: string): { text: string; typeOnly: boolean }[] {
  const parsed = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: { text: string; typeOnly: boolean }[] = [];
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      const typeOnly = ts.isImportDeclaration(node)
        ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
        : node.isTypeOnly;
      found.push({ text: node.moduleSpecifier.text, typeOnly });
    }
    const [argument] = ts.isCallExpression(node) ? node.arguments : [];
    if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      argument &&
      ts.isStringLiteral(argument)
    ) {
      found.push({ text: argument.text, typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

function arrows(src: string): Arrow[] {
  return sources(src).flatMap((file) =>
    specifiers(file)
      .filter(({ text }) => text.startsWith('.'))
      // The Worker takes the prompt and the manifest as bundled text.
      .filter(({ text }) => !/\.(md|json)$/.test(text))
      .map(({ text, typeOnly }) => ({
        from: relative(src, file),
        to: relative(src, resolve(dirname(file), text)),
        typeOnly,
      })),
  );
}

const folderOf = (path: string) => (path.includes('/') ? (path.split('/')[0] ?? '') : '');
const rungOf = (folder: string) => LADDER.findIndex((rung) => rung.includes(folder));

function breach({ from, to }: Arrow): string | null {
  const [upper, lower] = [folderOf(from), folderOf(to)];
  if (upper === '' || upper === lower) return null;
  const [above, below] = [rungOf(upper), rungOf(lower)];
  if (above < 0 || below < 0) return `${from} → ${to}: a folder that is not on the ladder`;
  if (below >= above) return `${from} → ${to}: points up or sideways`;
  const noun = to === `${lower}/${lower}.ts` || NOUNS.has(to) || OPEN.has(lower);
  if (!noun && !MEETING.has(upper)) return `${from} → ${to}: not the noun file`;
  return null;
}

function reach(entry: string): Set<string> {
  const all = arrows(SRC).filter((arrow) => !arrow.typeOnly);
  const seen = new Set<string>([entry]);
  for (const path of seen) {
    for (const arrow of all) if (arrow.from === path) seen.add(arrow.to);
  }
  return seen;
}

describe('the import ladder', () => {
  test('is kept by every file in src', () => {
    expect(arrows(SRC).map(breach).filter(Boolean)).toEqual([]);
  });

  test('refuses an arrow that points up, sideways or at a verb', () => {
    const at = (from: string, to: string) => breach({ from, to, typeOnly: false });
    expect(at('plan/solve.ts', 'run/run.ts')).toMatch(/points up/);
    expect(at('db/pg.ts', 'llm/llm.ts')).toMatch(/sideways/);
    expect(at('plan/solve.ts', 'model/analyze.ts')).toMatch(/not the noun/);
    expect(at('plan/solve.ts', 'misc/misc.ts')).toMatch(/not on the ladder/);
    expect(at('plan/solve.ts', 'model/model.ts')).toBeNull();
  });

  test('sees dynamic imports and re-exports', () => {
    const folder = mkdtempSync(join(tmpdir(), 'statewright-arrows-'));
    const file = join(folder, 'a.ts');
    writeFileSync(file, "export * from './b.ts';\nconst c = await import('./c.ts');\n");
    expect(specifiers(file).map(({ text }) => text)).toEqual(['./b.ts', './c.ts']);
  });
});

describe('the Worker entry', () => {
  test('reaches no parser, no file system and no child process', () => {
    const reached = [...reach('edges/service/worker.ts')];
    const outside = reached.flatMap((path) =>
      specifiers(join(SRC, path))
        .filter(({ typeOnly }) => !typeOnly)
        .map(({ text }) => text),
    );
    const banned = /^(ts-morph|node:fs|node:fs\/promises|node:child_process|node:worker_threads)$/;
    expect(outside.filter((text) => banned.test(text))).toEqual([]);
    expect(reached.length).toBeGreaterThan(5);
  });
});
