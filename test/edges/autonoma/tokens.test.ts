import { describe, expect, test } from 'vitest';
import { resolved } from '../../../src/edges/autonoma/tokens.ts';

const at = (value: unknown, index = 0) => resolved(value, { testRunId: 'r7', index });

describe('tokens of listed rows', () => {
  test('are settled in texts, lists and objects, and nowhere else', () => {
    const given = { name: 'u{{index}}', tags: ['{{ testRunId }}', 3], on: true, none: null };
    expect(at(given, 4)).toEqual({ name: 'u4', tags: ['r7', 3], on: true, none: null });
  });

  test('cycle through what they list, without quotes and blanks', () => {
    const text = `{{cycle(admin, 'editor' ,"viewer")}}`;
    expect([0, 1, 2, 3].map((index) => at(text, index))).toEqual([
      ...['admin', 'editor', 'viewer', 'admin'],
    ]);
    expect(at('{{cycle()}}')).toBe('');
  });

  test('that are not known are refused', () => {
    expect(() => at({ deep: ['{{today}}'] })).toThrow('Nothing is known of {{today}}.');
    expect(() => at('{{cycle}}')).toThrow('Nothing is known of {{cycle}}.');
  });
});
