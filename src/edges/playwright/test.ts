import {
  test as base,
  expect as baseExpect,
  type Fixtures,
  type Page,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestDetails,
  type TestInfo,
  type TestType,
} from '@playwright/test';
import type { Staged } from '../../operations/staging.ts';
import {
  credentialsOf,
  type TestDatabase,
  type TestState,
  testDatabaseOf,
  testStateOf,
} from '../../operations/test-state.ts';
import type { StateId } from '../../plan/states.ts';
import type { Credentials } from '../../run/run.ts';
import { endState, type LazyStaging, lazyStaging, linkState, setUpState } from './fixtures.ts';
import { shown } from './shown.ts';

/** What `test.use`, or `use` in the Playwright config, may set. */
export interface StateOptions {
  /** The state in a Playwright config; in a test file `state` says it. */
  stateId: StateId | null;
  /** Whether a failed test's database is left standing, for two hours. */
  keep: 'never' | 'on-failure';
}

export interface StateWorkerOptions {
  /** The folder of statewright.config.ts, from the Playwright config; null looks upward from there. */
  repo: string | null;
}

/** The state a test stands on, and what its pages show of it. */
export interface PageState extends TestState {
  /** The text a page shows, as it is written: in whatever case a style puts it, white space as one blank. */
  shown(page: Page): Promise<string>;
}

export interface StateArgs {
  state: PageState;
  db: TestDatabase;
  /** A page signed in as that person of the plan, in a browser context of its own; null is nobody. */
  as: (persona: string | null) => Promise<Page>;
}

interface Inside {
  staged: Staged | null;
}

type Args = PlaywrightTestArgs & PlaywrightTestOptions & StateOptions & StateArgs;
type WorkerArgs = PlaywrightWorkerArgs & PlaywrightWorkerOptions & StateWorkerOptions;

type Body<T, W> = (args: T & W, info: TestInfo) => Promise<void> | void;

/** Playwright's `test`, whose `use` takes a state by its id. */
export type StateTest<T extends object, W extends object> = {
  (title: string, body: Body<T, W>): void;
  (title: string, details: TestDetails, body: Body<T, W>): void;
  use(options: { state?: StateId | null } & Fixtures<object, object, Omit<T, 'state'>, W>): void;
  extend<T2 extends object, W2 extends object = object>(
    fixtures: Fixtures<T2, W2, T, W>,
  ): StateTest<T & T2, W & W2>;
} & Omit<TestType<T, W>, 'use' | 'extend'>;

const staged = base.extend<
  StateOptions & StateArgs & Inside,
  StateWorkerOptions & { staging: LazyStaging }
>({
  repo: [null, { option: true, scope: 'worker' }],
  stateId: [null, { option: true }],
  keep: ['never', { option: true }],
  staging: [
    async ({ repo }, use, info) => {
      const lazy = lazyStaging(repo, info.config.configFile);
      await use(lazy);
      await lazy.close();
    },
    { scope: 'worker', timeout: 180_000, box: true },
  ],
  staged: [
    async ({ stateId, staging, keep }, use, info) => {
      if (stateId === null) return use(null);
      const own = await setUpState(staging, stateId);
      await linkState(own, info);
      await use(own);
      await endState(own, { keep, info });
    },
    { timeout: 180_000, title: 'the state' },
  ],
  state: async ({ staged: own }, use) => use({ ...testStateOf(standing(own)), shown }),
  db: async ({ staged: own }, use) => use(testDatabaseOf(standing(own))),
  as: async ({ staged: own, browser }, use) => {
    const one = standing(own);
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (persona) => {
      const context = await browser.newContext(signedIn(credentialsOf(one, persona)));
      contexts.push(context);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
  baseURL: async ({ staged: own, baseURL }, use) => use(own?.url ?? baseURL),
  storageState: async ({ staged: own, storageState }, use) => {
    await use(own ? signedIn(credentialsOf(own)).storageState : storageState);
  },
  extraHTTPHeaders: async ({ staged: own, extraHTTPHeaders }, use) => {
    await use(own ? { ...extraHTTPHeaders, ...credentialsOf(own).headers } : extraHTTPHeaders);
  },
});

export const test: StateTest<Args, WorkerArgs> = withStates(
  staged as unknown as TestType<Args, WorkerArgs>,
);
export const expect = baseExpect;
export type { Row, TestDatabase, TestState } from '../../operations/test-state.ts';
export type { StateId } from '../../plan/states.ts';

/** A fixture can't be option and object at once: `use({ state })` sets `stateId`. */
function withStates<T extends object, W extends object>(plain: TestType<T, W>): StateTest<T, W> {
  const [use, extend] = [plain.use, plain.extend];
  return Object.assign(plain, {
    use: (options: object) => {
      const { state, ...rest } = options as { readonly state?: unknown };
      const named = typeof state === 'string' || state === null;
      use((named ? { ...rest, stateId: state } : options) as Parameters<typeof use>[0]);
    },
    extend: (fixtures: object) => withStates(extend(fixtures as never)),
  }) as unknown as StateTest<T, W>;
}

function signedIn({ storageState, headers }: Credentials) {
  type State = Exclude<PlaywrightTestOptions['storageState'], string | undefined>;
  return { storageState: storageState as State, extraHTTPHeaders: { ...headers } };
}

function standing(own: Staged | null): Staged {
  if (own) return own;
  throw new Error(
    "This test has no state. Say which: test.use({ state: 'POST /checkout › coupon_expired' }). " +
      'After mergeTests(), and in a Playwright config, it is called stateId.',
  );
}
