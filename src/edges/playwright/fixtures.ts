import { dirname, resolve } from 'node:path';
import type { TestInfo } from '@playwright/test';
import { StatewrightError } from '../../kernel/errors.ts';
import type { Staged, Staging } from '../../operations/staging.ts';
import type { Row } from '../../operations/test-state.ts';
import type { StateId } from '../../plan/states.ts';

/** A worker's stage: opened when its first test with a state begins, closed with the worker. */
export interface LazyStaging {
  open(): Promise<Staging>;
  close(): Promise<void>;
}

/** `repo` is the folder of statewright.config.ts; null looks upward from the Playwright config. */
export function lazyStaging(repo: string | null, configFile: string | undefined): LazyStaging {
  let opened: Promise<Staging> | undefined;
  const start = async () => {
    // What the test runner's own process loads with the test files stays small.
    const { openStaging } = await import('../../operations/staging.ts');
    const { quietPlace } = await import('../../operations/home.ts');
    const { findCheckout } = await import('../../config/load.ts');
    const from = configFile ? dirname(configFile) : process.cwd();
    const path = repo === null ? findCheckout(from) : resolve(from, repo);
    const { signal } = new AbortController();
    return openStaging(path, { ...quietPlace(process.env), emit: () => undefined, signal });
  };
  return {
    open: () => (opened ??= start()),
    close: async () => (await opened?.catch(() => null))?.[Symbol.asyncDispose](),
  };
}

/** Sets a state up. What goes wrong reads as on the command line, with what to do next. */
export async function setUpState(lazy: LazyStaging, id: StateId): Promise<Staged> {
  try {
    return await (await lazy.open()).setUp(id);
  } catch (error) {
    if (!(error instanceof StatewrightError)) throw error;
    const told = new Error(`${error.code}: ${error.message}\n${error.hint}`, { cause: error });
    told.name = 'StatewrightError';
    throw told;
  }
}

const KEPT_MS = 2 * 3_600_000;

/** Takes a test's state down, or leaves its database standing where the test failed and asked for that. */
export async function endState(
  staged: Staged,
  { keep, info }: { keep: 'never' | 'on-failure'; info: TestInfo },
): Promise<void> {
  const failed = info.status !== info.expectedStatus;
  if (failed) await attachLog(staged, info);
  if (!failed || keep === 'never') return staged.end();
  const { url, handle, expiresAt } = await staged.keep(KEPT_MS);
  const description = `${url} stands until ${expiresAt}; take it down with: statewright down ${handle}`;
  info.annotations.push({ type: 'statewright.kept', description });
}

async function attachLog(staged: Staged, info: TestInfo): Promise<void> {
  const lines = staged.printed();
  if (lines.length === 0) return;
  await info.attach('app.log', { body: lines.join('\n'), contentType: 'text/plain' });
}

/** Links the test to its plan and state, in every report that shows annotations or attachments. */
export async function linkState({ plan, file, run, seed }: Staged, info: TestInfo): Promise<void> {
  const links = { state: plan.id, plan: file, run: run.id, seed };
  for (const [name, description] of Object.entries(links)) {
    info.annotations.push({ type: `statewright.${name}`, description });
  }
  const { digests, title } = plan;
  const rows = Object.fromEntries(Object.entries(run.refs).map(([name, row]) => [name, keys(row)]));
  const body = JSON.stringify({ ...links, title, digests, rows }, null, 2);
  await info.attach('statewright.json', { body, contentType: 'application/json' });
}

/** What finds a row again; its other columns may hold secrets. */
function keys(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => /^(id|.*_id)$/.test(name)));
}
