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

type Named<Id extends StateId, Part extends string> = Id extends keyof States
  ? States[Id] extends { readonly [part in Part]: infer Names }
    ? Names
    : string
  : string;

/** Asks the test's own app; the path goes behind its address. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

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
  return {
    ...testStateOf(staged),
    db: testDatabaseOf(staged),
    fetch: askAs(staged),
    as: (persona) => askAs(staged, persona as string | null),
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

function askAs(staged: Staged, persona?: string | null): Ask {
  const { headers, cookies } = credentialsOf(staged, persona);
  const jar = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  return (path, init = {}) => {
    const all = new Headers({ ...headers, ...(jar.length > 0 ? { cookie: jar.join('; ') } : {}) });
    for (const [name, value] of new Headers(init.headers)) all.set(name, value);
    const url = new URL(path, staged.url);
    if (url.origin !== staged.url) throw new Error(`"${path}" is not a path of the app.`);
    return fetch(url, { redirect: 'manual', ...init, headers: all });
  };
}
