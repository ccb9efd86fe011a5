// Confirms an answer key: every ending that can be reached is reached by one hand-made request, no
// request ends in a way the key does not have, and no code of the app stays unreached but what is named.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Key, type KeyEnding } from '../../evals/endings/key.ts';
import { type App, openApp } from './harness.ts';
import { untaken } from './untaken.ts';

export type Row = pg.QueryResultRow;

export interface Answer {
  status: number;
  code: string | null;
  body: Row;
  text: string;
}

export interface Sent {
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: string;
}

export class World {
  readonly app: App;
  readonly route: string;
  private readonly codeOf: (body: Row) => unknown;

  constructor(app: App, route: string, codeOf: (body: Row) => unknown) {
    this.app = app;
    this.route = route;
    this.codeOf = codeOf;
  }

  async query(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.app.pool.query(sql, values)).rows;
  }

  async insert(table: string, row: Row): Promise<Row> {
    const columns = Object.keys(row);
    const names = columns.map((name) => `"${name}"`).join(', ');
    const marks = columns.map((_, i) => `$${i + 1}`).join(', ');
    const into = columns.length > 0 ? `(${names}) values (${marks})` : 'default values';
    const [inserted] = await this.query(
      `insert into "${table}" ${into} returning *`,
      Object.values(row),
    );
    if (!inserted) throw new Error(`nothing was inserted into ${table}`);
    return inserted;
  }

  /** Sends a request to the route, whose path may be another one than the key's pattern. */
  async send(url: string, { headers = {}, body, raw }: Sent = {}): Promise<Answer> {
    const [method = 'GET'] = this.route.split(' ');
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(this.app.base + url, {
      method,
      redirect: 'manual',
      headers: {
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    const parsed: unknown = /json/.test(response.headers.get('content-type') ?? '')
      ? JSON.parse(text)
      : {};
    const value: Row = typeof parsed === 'object' && parsed !== null ? parsed : {};
    const code = this.codeOf(value);
    return {
      status: response.status,
      code: typeof code === 'string' ? code : null,
      body: value,
      text,
    };
  }
}

type Run = (world: World) => Promise<Answer>;

interface Case {
  route: string;
  status: number;
  code: string | null;
  /** Part of the entry's condition, where status and code alone do not tell. */
  condition: string | undefined;
  /** What the answer has to hold, where a wrong condition would end with the same code. */
  says: string | undefined;
  run: Run;
}

interface Visit {
  route: string;
  name: string;
  run: Run;
}

interface Suite {
  ready: string;
  env?: Record<string, string>;
  codeOf: (body: Row) => unknown;
  /** Pieces of code no request reaches, as `untaken` names them, and why. */
  unreached: Record<string, string>;
}

/** Collects the requests of one app; `confirm` makes the tests of them. */
export class KeyTest {
  readonly endings: readonly KeyEnding[];
  private readonly name: string;
  private readonly cases: Case[] = [];
  private readonly visits: Visit[] = [];

  constructor(name: string) {
    this.name = name;
    const file = path.resolve(import.meta.dirname, '../../fixtures/apps', name, 'endings.json');
    this.endings = Key.parse(JSON.parse(readFileSync(file, 'utf8'))).endings;
  }

  /** One request that confirms one entry of the key. */
  on(route: string) {
    return (
      status: number,
      code: string | null,
      run: Run,
      { condition, says }: { condition?: string; says?: string } = {},
    ) => this.cases.push({ route, status, code, condition, says, run });
  }

  /** A request that confirms no entry of its own, made for the branches it takes. */
  visit(route: string, name: string, run: Run) {
    this.visits.push({ route, name, run });
  }

  private entriesOf({ route, status, code, condition }: Case): KeyEnding[] {
    return this.endings.filter(
      (entry) =>
        entry.feasible &&
        entry.route === route &&
        entry.status === status &&
        entry.code === code &&
        (condition === undefined || entry.condition.includes(condition)),
    );
  }

  confirm({ ready, env, codeOf, unreached }: Suite) {
    vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });
    let app: App;
    beforeAll(async () => {
      app = await openApp(this.name, { ready, ...(env ? { env } : {}) });
    });
    afterAll(() => app?.stop());

    const title = ({ route, status, code, condition, says }: Case) =>
      [route, status, code, condition && `(${condition})`, says && `“${says}”`]
        .filter(Boolean)
        .join(' ');

    describe.concurrent('by a request', () => {
      test.each(this.cases.map((one) => [title(one), one] as const))('%s', async (_, one) => {
        const answer = await one.run(new World(app, one.route, codeOf));
        expect({ status: answer.status, code: answer.code }, answer.text).toEqual({
          status: one.status,
          code: one.code,
        });
        if (one.says) expect(answer.text).toContain(one.says);
      });
      if (this.visits.length > 0) {
        test.each(this.visits.map((visit) => [`${visit.route} ${visit.name}`, visit] as const))(
          '%s',
          async (_, { route, run }) => {
            const { status, code } = await run(new World(app, route, codeOf));
            const known = this.endings.some(
              (entry) => entry.route === route && entry.status === status && entry.code === code,
            );
            expect({ status, code, known }).toEqual({ status, code, known: true });
          },
        );
      }
    });

    describe('the key', () => {
      test('has every confirmed ending, once', () => {
        const wrong = this.cases.filter((one) => this.entriesOf(one).length !== 1);
        expect(wrong.map((one) => `${this.entriesOf(one).length} × ${title(one)}`)).toEqual([]);
      });

      test('has no ending that is not confirmed, or twice', () => {
        const times = new Map(this.endings.map((entry) => [entry, 0]));
        for (const entry of this.cases.flatMap((one) => this.entriesOf(one))) {
          times.set(entry, (times.get(entry) ?? 0) + 1);
        }
        const wrong = [...times].filter(([entry, n]) => n !== (entry.feasible ? 1 : 0));
        expect(
          wrong.map(([{ route, status, code, condition }, n]) =>
            [n, '×', route, status, code, condition].join(' '),
          ),
        ).toEqual([]);
      });

      test('says why an ending cannot be reached, and names its tables', () => {
        for (const entry of this.endings) {
          expect(Boolean(entry.why), entry.condition).toBe(!entry.feasible);
          if (entry.decidedBy === 'success') expect(entry.columns).toEqual([]);
          else {
            const tables = new Set(entry.columns.map((column) => column.split('.')[0]));
            expect(entry.tables, `${entry.route} ${entry.condition}`).toEqual([...tables]);
          }
        }
      });
    });

    test('no code of the app stays unreached', async () => {
      expect(untaken(app.dir, await app.coverage())).toEqual(Object.keys(unreached).sort());
    });
  }
}
