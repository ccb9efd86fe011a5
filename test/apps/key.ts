// An app's answer key and the requests that confirm it. Every ending that can be reached is reached
// by one hand-made request, and no request ends in a way the key does not have.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Outcome } from './app.ts';

interface Ending {
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
  readonly text: readonly string[];
  readonly condition: string;
  readonly decidedBy: string;
  readonly tables: readonly string[];
  readonly columns: readonly string[];
  readonly feasible: boolean;
  readonly why: string | null;
}

type Request<World> = (world: World, route: string) => Promise<Outcome>;

interface Confirmation<World> {
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
  /** Part of the entry's condition, where status and code alone do not tell. */
  readonly condition: string | undefined;
  readonly run: Request<World>;
}

export class Confirmations<World> {
  readonly all: Confirmation<World>[] = [];

  on(route: string) {
    return (status: number, code: string | null, run: Request<World>, condition?: string) => {
      this.all.push({ route, status, code, condition, run });
    };
  }
}

interface Opened<World> {
  readonly world: World;
  readonly stop: () => Promise<void>;
}

/** Declares the tests of one app's key. */
export function confirmKey<World>(
  name: string,
  { all }: Confirmations<World>,
  open: () => Promise<Opened<World>>,
): void {
  vi.setConfig({ testTimeout: 40_000, hookTimeout: 300_000 });
  const file = new URL(`../../fixtures/apps/${name}/endings.json`, import.meta.url);
  const key: readonly Ending[] = JSON.parse(readFileSync(file, 'utf8')).endings;
  const entriesOf = ({ route, status, code, condition }: Confirmation<World>) =>
    key.filter(
      (entry) =>
        entry.feasible &&
        entry.route === route &&
        entry.status === status &&
        entry.code === code &&
        (condition === undefined || entry.condition.includes(condition)),
    );

  let opened: Opened<World> | undefined;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.stop());

  describe.concurrent('by a request', () => {
    test.each(all.map((it) => [title(it), it] as const))('%s', async (_, confirmation) => {
      if (!opened) throw new Error('the app is not open');
      const { status, code, text, body } = await confirmation.run(opened.world, confirmation.route);
      expect({ status, code }, JSON.stringify(body)).toEqual({
        status: confirmation.status,
        code: confirmation.code,
      });
      for (const literal of entriesOf(confirmation)[0]?.text ?? []) expect(text).toContain(literal);
    });
  });

  describe('the key', () => {
    test('has every confirmed ending, once', () => {
      const wrong = all.filter((confirmation) => entriesOf(confirmation).length !== 1);
      expect(wrong.map((it) => `${entriesOf(it).length} × ${title(it)}`)).toEqual([]);
    });

    test('has no ending that is not confirmed, or twice', () => {
      const confirmed = all.flatMap(entriesOf);
      const wrong = key.filter(
        (entry) => confirmed.filter((it) => it === entry).length !== (entry.feasible ? 1 : 0),
      );
      expect(wrong.map(title)).toEqual([]);
    });

    test('says why an ending cannot be reached, and names its tables', () => {
      for (const entry of key) {
        expect(Boolean(entry.why)).toBe(!entry.feasible);
        const tables = new Set(entry.columns.map((column) => column.split('.')[0]));
        if (entry.decidedBy === 'success') expect(entry.columns).toEqual([]);
        else expect(entry.tables).toEqual([...tables]);
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
  });
}

function title(it: Omit<Confirmation<never>, 'run'>): string {
  return [it.route, it.status, it.code, it.condition && `(${it.condition})`]
    .filter(Boolean)
    .join(' ');
}
