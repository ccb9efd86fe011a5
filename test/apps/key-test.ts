// Confirms an answer key: every ending that can be reached is reached by one hand-made request, no
// request ends in a way the key does not have, and every side of a branch of the app is taken.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KeyEnding } from '../../evals/endings/key.ts';
import type { Row } from './app.ts';
import { type App, openApp } from './counted.ts';
import { type Confirms, checkKey, readKey, title } from './entries.ts';
import { untaken } from './untaken.ts';

export type { Row } from './app.ts';

export interface Answer {
  status: number;
  code: string | null;
  text: string;
}

export interface Sent {
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: string;
}

type CodeOf = (body: Row) => unknown;

/** What a request needs: rows, and the app. */
export class World {
  readonly route: string;
  private readonly app: App;
  private readonly codeOf: CodeOf;

  constructor(app: App, route: string, codeOf: CodeOf) {
    this.app = app;
    this.route = route;
    this.codeOf = codeOf;
  }

  query(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.app.running.query(sql, values);
  }

  insert(table: string, row: Row): Promise<Row> {
    return this.app.running.insert(table, row);
  }

  /** Sends a request by the route's method to a path, which the key has only the pattern of. */
  async send(url: string, { headers = {}, body, raw }: Sent = {}): Promise<Answer> {
    const [method = 'GET'] = this.route.split(' ');
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const outcome = await this.app.running.call({ method, path: url, headers, body: sent });
    const code = this.codeOf(outcome.body);
    const { status, text } = outcome;
    return { status, code: typeof code === 'string' ? code : null, text };
  }
}

type Run = (world: World) => Promise<Answer>;

interface Case extends Confirms {
  /** What the answer has to hold, where a wrong condition would end with the same code. */
  says?: string;
  /** Whether it changes what other requests read, and so comes after them. */
  alone?: boolean;
  run: Run;
}

interface Visit {
  route: string;
  name: string;
  run: Run;
}

interface Suite {
  ready: string;
  codeOf: CodeOf;
  /** Sides of branches no request takes, as `untaken` names them, by why not. */
  untaken: Record<string, string[]>;
}

/** Collects the requests of one app; `confirm` makes the tests of them. */
export class KeyTest {
  private readonly endings: readonly KeyEnding[];
  private readonly name: string;
  private readonly cases: Case[] = [];
  private readonly visits: Visit[] = [];

  constructor(name: string) {
    this.name = name;
    this.endings = readKey(name);
  }

  /** One request that confirms one entry of the key. */
  on(route: string) {
    return (
      status: number,
      code: string | null,
      run: Run,
      more: Pick<Case, 'condition' | 'says' | 'alone'> = {},
    ) => this.cases.push({ route, status, code, run, ...more });
  }

  /** A request that confirms no entry of its own, made for the branches it takes. */
  visit(route: string, name: string, run: Run) {
    this.visits.push({ route, name, run });
  }

  confirm({ ready, codeOf, untaken: known }: Suite) {
    vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });
    let app: App;
    beforeAll(async () => {
      app = await openApp(this.name, ready);
    });
    afterAll(() => app?.stop());

    const open = (route: string) => new World(app, route, codeOf);
    describe.concurrent('by a request', () => {
      const together = this.cases.filter(({ alone }) => !alone);
      test.each(together.map((one) => [title(one), one] as const))('%s', (_, one) =>
        check(one, open(one.route)),
      );
      for (const visit of this.visits) {
        test(`${visit.route} ${visit.name}`, () => this.checkVisit(visit, open(visit.route)));
      }
    });
    for (const one of this.cases.filter(({ alone }) => alone)) {
      test(title(one), () => check(one, open(one.route)));
    }
    describe('the key', () => checkKey(this.endings, this.cases));
    test('every side of a branch of the app is taken, but for those known', async () => {
      expect(untaken(app.dir, await app.coverage())).toEqual(Object.values(known).flat().sort());
    });
  }

  private async checkVisit({ route, run }: Visit, world: World) {
    const { status, code, text } = await run(world);
    const known = this.endings.some(
      (entry) => entry.route === route && entry.status === status && entry.code === code,
    );
    expect({ status, code, known }, text).toEqual({ status, code, known: true });
  }
}

async function check(one: Case, world: World) {
  const { status, code, text } = await one.run(world);
  expect({ status, code }, text).toEqual({ status: one.status, code: one.code });
  if (one.says) expect(text).toContain(one.says);
}
