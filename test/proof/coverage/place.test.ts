import { transformSync } from 'esbuild';
import { ts } from 'ts-morph';
import { describe, expect, test } from 'vitest';
import { placesIn } from '../../../src/proof/coverage/place.ts';

const TEXT = `type Row = { n: number };
export function pick(row: Row | undefined): number {
  if (!row) return -1;
  return row.n > 2 ? row.n : 0;
}
`;
const source = ts.createSourceFile('src/pick.ts', TEXT, ts.ScriptTarget.Latest, true);
const sources = {
  root: '/repo',
  paths: ['src/pick.ts', 'src/other.ts'],
  source: (path: string) => (path === 'src/pick.ts' ? source : undefined),
  resolve: () => undefined,
};
const span = (text: string) => ({
  start: TEXT.indexOf(text),
  end: TEXT.indexOf(text) + text.length,
});
const inline = (map: string | object) =>
  `data:application/json;base64,${Buffer.from(typeof map === 'string' ? map : JSON.stringify(map)).toString('base64')}`;
const place = (url: string, text: string, map = '') =>
  placesIn({ script: '1', url, ranges: [], text, map }, sources);
/** What the script has where the source has a text. */
const at = (found: ReturnType<typeof placesIn>, script: string, text: string) => {
  const offset = found?.[0]?.offsetOf(span(text));
  return offset === undefined ? undefined : script.slice(offset, offset + 10);
};

describe('a source in a script', () => {
  test('is the script itself where types alone were blanked out', () => {
    const stripped = TEXT.replace('type Row = { n: number };', (all) => ' '.repeat(all.length))
      .replace(': Row | undefined', (all) => ' '.repeat(all.length))
      .replace(': number {', '         {');
    const found = place('file:///repo/src/pick.ts', `${stripped}\n\n//# sourceURL=x`);
    expect(found?.map(({ file }) => file)).toEqual(['src/pick.ts']);
    expect(at(found, stripped, 'return -1')).toBe('return -1;');
  });

  test.each([
    ['as written', false],
    ['minified', true],
  ])('is found by the map a compiler left, %s', (_, minify) => {
    const { code, map } = transformSync(TEXT, {
      ...{ loader: 'ts', sourcemap: 'external', sourcefile: '/repo/src/pick.ts', minify },
    });
    const found = place('file:///repo/dist/pick.js', code, inline(map));
    expect(found?.map(({ file }) => file)).toEqual(['src/pick.ts']);
    const offset = found?.[0]?.offsetOf(span('row.n : 0'));
    expect(code.slice(offset)).toMatch(/^\w+\.n ?: ?0/);
    expect(found?.[0]?.offsetOf(span('type Row = { n: number };'))).toBeUndefined();
  });

  test('is found in the part of a map that has several, by its text where its name is a bundler’s', () => {
    const { code, map } = transformSync(TEXT, {
      ...{
        loader: 'ts',
        sourcemap: 'external',
        sourcefile: 'turbopack:///[project]/app/src/pick.ts',
      },
    });
    const sections = [{ offset: { line: 2, column: 0 }, map: JSON.parse(map) }];
    const script = `first();\nsecond();\n${code}`;
    const found = place('file:///repo/.next/a.js', script, inline({ version: 3, sections }));
    expect(at(found, script, 'return -1')).toBe('return -1;');
  });

  test('is not claimed for a map of another text, nor for a script without a map', () => {
    const { code, map } = transformSync(TEXT.replace('-1', '-2'), {
      ...{ loader: 'ts', sourcemap: 'external', sourcefile: '/repo/src/pick.ts' },
    });
    expect(place('file:///repo/dist/pick.js', code, inline(map))).toBeNull();
    expect(place('file:///repo/dist/pick.js', code)).toBeNull();
    expect(place('file:///repo/src/pick.ts', code)).toBeNull();
    expect(place('file:///repo/dist/pick.js', code, 'gone.js.map')).toBeNull();
  });

  test('is none where a map leads to code that is not the repo’s', () => {
    const { code, map } = transformSync('boot();', {
      ...{ loader: 'ts', sourcemap: 'external', sourcefile: 'bundler:///boot.ts' },
    });
    expect(place('file:///repo/.next/boot.js', code, inline(map))).toEqual([]);
  });
});
