import type { Json } from '../kernel/digest.ts';
import type { Plan, When } from '../plan/plan.ts';
import { answerOf, requestOf } from '../proof/fire.ts';
import type { Credentials } from '../run/run.ts';
import type { Staged } from './staging.ts';

export type Row = Readonly<Record<string, Json>>;

/** The state a test stands on. */
export interface TestState {
  readonly id: string;
  readonly title: string;
  /** Where the test's own app answers. */
  readonly url: string;
  /** The columns of a row of the plan, by the plan's name for it. */
  row(name: string): Row;
  readonly rows: Readonly<Record<string, Row>>;
  /** What is needed to act as each person of the plan. */
  readonly personas: Readonly<Record<string, Credentials>>;
  /** The plan's requests, their values filled in. */
  readonly requests: readonly When[];
  /** What the last request is expected to give back. */
  readonly expects: Plan['then'];
  /** One of those requests as it goes over the wire: a form, or a function of the server that its page calls. */
  call(index: number): Promise<Call>;
  /** What an answer says, as plans expect it: a page's text, what a function of the server returned. */
  read(answer: AnyAnswer): Promise<Seen>;
}

/** What to give Playwright's `request.fetch`, or the state's own `fetch`. */
export interface Call {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, by the names that `fetch` and Playwright know it by. */
  readonly body?: Buffer<ArrayBuffer>;
  readonly data?: Buffer<ArrayBuffer>;
}

/** An answer of `fetch`, or of Playwright's. */
export interface AnyAnswer {
  readonly status: number | (() => number);
  readonly headers: Headers | (() => Readonly<Record<string, string>>);
  text(): Promise<string>;
}

export interface Seen {
  readonly status: number;
  /** Where it leads; without the origin when that is the app's own. */
  readonly location: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: as `json()` of an answer, for each app has a shape of its own
  readonly body: any;
  readonly text: string;
}

/** The test's own database: what it and the app write there is gone after the test. */
export interface TestDatabase {
  readonly url: string;
  query(text: string, params?: readonly unknown[]): Promise<readonly Row[]>;
}

/** A staged state as a test sees it. */
export function testStateOf({ plan, run, url, when, folder }: Staged): TestState {
  const { id, title } = plan;
  const rows = run.refs as TestState['rows'];
  const row = (name: string): Row => {
    const found = rows[name];
    if (found) return found;
    throw new Error(`The state "${id}" has no row "${name}". Its rows are: ${listed(rows)}.`);
  };
  const { personas } = run;
  const call = async (index: number): Promise<Call> => {
    const asked = when[index];
    if (!asked) throw new Error(`The state "${id}" has ${when.length} requests, counted from 0.`);
    // Cookies are for whoever sends it to hold.
    const sent = await requestOf({ ...asked, cookies: {} }, { url, credentials: null, folder });
    const { body, ...rest } = sent;
    if (body === null) return rest;
    const bytes = Buffer.from(body);
    return { ...rest, body: bytes, data: bytes };
  };
  const expects = plan.then;
  const read = (answer: AnyAnswer) => seenIn(answer, url);
  return { id, title, url, row, rows, personas, requests: when, expects, call, read };
}

async function seenIn(answer: AnyAnswer, url: string): Promise<Seen> {
  const headers =
    typeof answer.headers === 'function' ? answer.headers() : Object.fromEntries(answer.headers);
  const incoming = {
    status: typeof answer.status === 'function' ? answer.status() : answer.status,
    headers,
    setCookies: [],
    body: Buffer.from(await answer.text()),
  };
  const { status, location, body, text } = answerOf(incoming, url);
  return { status, location, body, text };
}

/** A staged state's database as a test sees it. */
export function testDatabaseOf({ database }: Staged): TestDatabase {
  return {
    url: database.url,
    query: async (text, params) =>
      (await database.session((sql) => sql.query(text, params))) as readonly Row[],
  };
}

export const NOBODY: Credentials = {
  headers: {},
  cookies: {},
  storageState: { cookies: [], origins: [] },
};

/** What acting as that person of the plan takes; null is nobody, undefined whoever its last request acts as. */
export function credentialsOf(
  { run, when, plan }: Staged,
  persona?: string | null | undefined,
): Credentials {
  const name = persona === undefined ? (when.at(-1)?.as ?? null) : persona;
  const found = name === null ? NOBODY : run.personas[name];
  if (found) return found;
  const people = listed(run.personas);
  throw new Error(`The state "${plan.id}" has no person "${name}". Its people are: ${people}.`);
}

function listed(named: object): string {
  return Object.keys(named).join(', ') || 'none';
}
