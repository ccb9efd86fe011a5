// The entries of an app's answer key, and what holds of every key.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Key, type KeyEnding } from '../../evals/endings/key.ts';

/** What a request is to confirm: an entry, or the one whose condition holds a text. */
export interface Confirms {
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
  readonly condition?: string | undefined;
}

export function readKey(app: string): readonly KeyEnding[] {
  const file = new URL(`../../fixtures/apps/${app}/endings.json`, import.meta.url);
  return Key.parse(JSON.parse(readFileSync(file, 'utf8'))).endings;
}

export function entriesOf(key: readonly KeyEnding[], confirms: Confirms): readonly KeyEnding[] {
  const { route, status, code, condition } = confirms;
  return key.filter(
    (entry) =>
      entry.feasible &&
      entry.route === route &&
      entry.status === status &&
      entry.code === code &&
      (condition === undefined || entry.condition.includes(condition)),
  );
}

export function title({ route, status, code, condition }: Confirms): string {
  return [route, status, code, condition && `(${condition})`].filter(Boolean).join(' ');
}

/** Declares the tests that need no request. */
export function checkKey(key: readonly KeyEnding[], all: readonly Confirms[]): void {
  test('has every confirmed ending, once', () => {
    const wrong = all.filter((one) => entriesOf(key, one).length !== 1);
    expect(wrong.map((one) => `${entriesOf(key, one).length} × ${title(one)}`)).toEqual([]);
  });

  test('has no ending that is not confirmed, or twice', () => {
    const confirmed = all.flatMap((one) => entriesOf(key, one));
    const wrong = key
      .map((entry) => ({ entry, n: confirmed.filter((it) => it === entry).length }))
      .filter(({ entry, n }) => n !== (entry.feasible ? 1 : 0));
    expect(wrong.map(({ entry, n }) => `${n} × ${title(entry)}`)).toEqual([]);
  });

  test('says why an ending cannot be reached, and names its tables', () => {
    for (const entry of key) {
      expect(Boolean(entry.why), entry.condition).toBe(!entry.feasible);
      const tables = new Set(entry.columns.map((column) => column.split('.')[0]));
      if (entry.decidedBy === 'success') expect(entry.columns).toEqual([]);
      else expect(entry.tables, title(entry)).toEqual([...tables]);
    }
  });

  test('has no text that stands for two endings of a page', () => {
    for (const { route, text } of key) {
      const others = key.filter((it) => it.route === route && `${it.text}` !== `${text}`);
      for (const literal of text) {
        expect(others.filter((it) => it.text.includes(literal))).toEqual([]);
      }
    }
  });
}
