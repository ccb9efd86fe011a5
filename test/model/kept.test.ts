import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import type { Model } from '../../src/model/model.ts';
import { openCache } from '../../src/repo/cache.ts';
import { openProgram } from '../../src/repo/program.ts';
import { repoFromTexts } from '../../src/repo/read.ts';
import type { Cache } from '../../src/repo/repo.ts';

const APPS = join(import.meta.dirname, '../../fixtures/apps');
const folder = mkdtempSync(join(tmpdir(), 'kept-'));
const emit = () => undefined;

afterAll(() => rmSync(folder, { recursive: true }));

/** Apps side by side in one workspace, by path. */
function workspace(names: readonly string[]): Map<string, string> {
  const texts = new Map([['package.json', '{"name":"all","workspaces":["apps/*"]}']]);
  for (const name of names) {
    const root = join(APPS, name);
    for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (/node_modules/.test(path) || !/\.(?:[jt]sx?|sql|prisma|json)$/.test(path)) continue;
      texts.set(`apps/${name}/${path}`, readFileSync(join(root, path), 'utf8'));
    }
  }
  return texts;
}

function cold(texts: ReadonlyMap<string, string>): Model {
  const { repo, files } = repoFromTexts(texts, 'all');
  return analyze(openProgram(repo, files), { emit });
}

/** The model with what was kept before, how much of it held, and what was kept anew. */
async function warm(texts: ReadonlyMap<string, string>) {
  const { repo, files } = repoFromTexts(texts, 'all');
  const stored = await openCache(folder, '/all', repo);
  const held: string[] = [];
  const kept: string[] = [];
  const cache: Cache = {
    find: (name) => {
      const found = stored.find(name);
      if (found !== undefined) held.push(name);
      return found;
    },
    keep: (name, ...rest) => {
      kept.push(name);
      stored.keep(name, ...rest);
    },
  };
  const model = analyze(openProgram(repo, files), { emit, cache });
  await stored.save();
  return { model, held, kept };
}

const texts = workspace(['clinic', 'library', 'workshop']);
const sources = [...texts.keys()].filter((path) => /\.(?:[jt]sx?|sql|prisma)$/.test(path));

const edits = fc.record({
  path: fc.constantFrom(...sources),
  line: fc.nat(400),
  edit: fc.constantFrom('drop', 'double', 'number', 'word', 'compare', 'break'),
});

function edited(text: string, { line, edit }: { line: number; edit: string }): string {
  const lines = text.split('\n');
  const at = line % lines.length;
  const said = lines[at] ?? '';
  const change: Record<string, string[]> = {
    drop: [],
    double: [said, said],
    number: [said.replace(/\d+/, (digits) => String(Number(digits) + 1))],
    word: [said.replace(/'(\w+)'/, "'$1x'")],
    compare: [said.replace(/===|!==/, (sign) => (sign === '===' ? '!==' : '==='))],
    break: [`${said} }`],
  };
  lines.splice(at, 1, ...(change[edit] ?? []));
  return lines.join('\n');
}

test('a reading that knows what was kept says the same, byte for byte, whatever was edited', async () => {
  let held = 0;
  await fc.assert(
    fc.asyncProperty(edits, async ({ path, ...edit }) => {
      texts.set(path, edited(texts.get(path) ?? '', edit));
      const again = await warm(texts);
      held += again.held.length;
      expect(JSON.stringify(again.model)).toBe(JSON.stringify(cold(texts)));
    }),
    { numRuns: 25, seed: 7, endOnFailure: true },
  );
  expect(held).toBeGreaterThan(25);
}, 300_000);

test('nothing is read again where nothing has changed, and of two apps the one that has', async () => {
  await warm(texts);
  expect((await warm(texts)).kept).toEqual([]);
  const own = sources.find((path) => path.startsWith('apps/library/') && path.endsWith('.ts'));
  texts.set(own ?? '', `${texts.get(own ?? '')}\n`);
  const { kept } = await warm(texts);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter((name) => !name.includes('apps/library'))).toEqual([]);
});
