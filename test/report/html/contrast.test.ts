import { expect, it } from 'vitest';
import { loadAssets } from '../../../src/report/html/assets.ts';

const { style } = await loadAssets();
const tokens = new Map(
  [...style.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((from) => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['ground', 'surface', 'sunken'];
const VERDICTS = [
  'proven',
  'diverted',
  'unstable',
  'crashed',
  'skipped',
  'unsolved',
  'external',
  'infeasible',
];
const pairs = (fronts: readonly string[], grounds: readonly string[]) =>
  fronts.flatMap((front) => grounds.map((ground) => [front, ground] as const));

it.each([
  ...pairs(['text', 'muted', 'accent', ...VERDICTS], [...GROUNDS, 'selected']),
  ...pairs(['text', 'muted'], ['hit', 'bad']),
])('%s on %s can be read in light and in dark', (front, ground) => {
  for (const mode of ['light', 'dark'] as const) {
    const ratio = contrast(tokens.get(front)?.[mode] ?? '', tokens.get(ground)?.[mode] ?? '');
    expect(ratio, mode).toBeGreaterThanOrEqual(4.5);
  }
});

it.each(pairs(['line-strong', 'accent'], GROUNDS))(
  '%s on %s can be seen as an outline',
  (front, ground) => {
    for (const mode of ['light', 'dark'] as const) {
      const ratio = contrast(tokens.get(front)?.[mode] ?? '', tokens.get(ground)?.[mode] ?? '');
      expect(ratio, mode).toBeGreaterThanOrEqual(3);
    }
  },
);

it('has no colour outside the tokens', () => {
  const rest = style.replaceAll(/--[\w-]+: light-dark\([^)]*\);/g, '');
  expect(rest).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|gradient/i);
});
