import { afterAll, beforeAll, TestRunner } from 'vitest';
import { findCheckout } from '../../config/load.ts';
import { quietPlace } from '../../operations/home.ts';
import { openStaging, type Staged, type Staging } from '../../operations/staging.ts';
import {
  credentialsOf,
  type Row,
  type TestDatabase,
  type TestState,
  testDatabaseOf,
  testStateOf,
} from '../../operations/test-state.ts';
import type { StateId, States } from '../../plan/states.ts';
import { cookieJars } from '../../proof/cookie-jars.ts';
import { cookieOf } from '../../proof/fire.ts';

type Named<Id extends StateId, Part extends string> = Id extends keyof States
  ? States[Id] extends { readonly [part in Part]: infer Names }
    ? Names
    : string
  : string;

/** What `fetch` takes, and cookies to send beside the person's own. */
export interface Asking extends RequestInit {
  readonly cookies?: Readonly<Record<string, string>>;
}

/** Asks the test's own app; the path goes behind its address. Cookies that answers set are kept, one jar a person. */
export type Ask = (path: string, init?: Asking) => Promise<Response>;

/** A state that stands until it is disposed of: `await using s = await state('…')`. */
export interface StandingState<Id extends StateId> extends TestState, AsyncDisposable {
  row(name: Named<Id, 'rows'>): Row;
  readonly db: TestDatabase;
  /** Asks as whoever the plan's request acts as. */
  readonly fetch: Ask;
  /** Asks as that person of the plan; null is nobody. */
  as(persona: Named<Id, 'personas'> | null): Ask;
}

let opened: Promise<Staging> | undefined;

/**
 * Sets a planned state up on a database and an app of the test's own. Those of one worker are used again
 * by its later tests, and by tests side by side each has its own.
 */
export async function state<Id extends StateId>(id: Id): Promise<StandingState<Id>> {
  closeAfterThisFile();
  const staged = await (await open()).setUp(id);
  const jars = cookieJars();
  return {
    ...testStateOf(staged),
    db: testDatabaseOf(staged),
    fetch: askAs(staged, jars),
    as: (persona) => askAs(staged, jars, persona as string | null),
    [Symbol.asyncDispose]: () => staged.end(),
  };
}

const START_MS = 180_000;

// Reading the repo and starting the app take longer than a test may.
beforeAll(async () => {
  closeAfterThisFile();
  await (await open()).warm();
}, START_MS);
afterAll(close, START_MS);

function open(): Promise<Staging> {
  const { signal } = new AbortController();
  const place = { ...quietPlace(process.env), emit: () => undefined, signal };
  opened ??= openStaging(findCheckout(process.cwd()), place);
  return opened;
}

async function close(): Promise<void> {
  const closing = opened;
  opened = undefined;
  await (await closing?.catch(() => null))?.[Symbol.asyncDispose]();
}

const closed = new WeakSet<object>();

/** Without isolation a worker's later files find this module loaded, and its hooks with the first file. */
function closeAfterThisFile(): void {
  const file = TestRunner.getCurrentTest()?.file;
  if (!file || closed.has(file)) return;
  closed.add(file);
  TestRunner.getSuiteHooks(file).afterAll.push(close);
}

const ACCEPT = 'application/json, text/html;q=0.9, */*;q=0.8';

type Jars = ReturnType<typeof cookieJars>;

function askAs(staged: Staged, jars: Jars, persona?: string | null): Ask {
  const own = credentialsOf(staged, persona);
  const who = persona === undefined ? (staged.when.at(-1)?.as ?? null) : persona;
  return async (path, { cookies, ...init } = {}) => {
    const held = { ...jars.open(who, own).cookies, ...cookies };
    const jar = Object.entries(held).map(([name, value]) => `${name}=${value}`);
    const cookie = jar.length > 0 ? { cookie: jar.join('; ') } : {};
    const all = new Headers({ accept: ACCEPT, ...own.headers, ...cookie });
    for (const [name, value] of new Headers(init.headers)) all.set(name, value);
    const url = new URL(path, staged.url);
    if (url.origin !== staged.url) throw new Error(`"${path}" is not a path of the app.`);
    const answer = await fetch(url, { redirect: 'manual', ...init, headers: all });
    jars.keep(who, Object.fromEntries(answer.headers.getSetCookie().map(cookieOf)));
    return answer;
  };
}
