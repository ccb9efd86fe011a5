// An app's answer key and the requests that confirm it. Every ending that can be reached is reached
// by one hand-made request, and no request ends in a way the key does not have.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Outcome } from './app.ts';
import { type Confirms, checkKey, entriesOf, readKey, title } from './entries.ts';

type Request<World> = (world: World, route: string) => Promise<Outcome>;

interface Confirmation<World> extends Confirms {
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
  const key = readKey(name);
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
      for (const literal of entriesOf(key, confirmation)[0]?.text ?? [])
        expect(text).toContain(literal);
    });
  });

  describe('the key', () => checkKey(key, all));
}
