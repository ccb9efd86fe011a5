import { randomBytes } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser as Connected } from 'playwright-core';
import { StatewrightError } from '../kernel/errors.ts';
import type { When } from '../plan/plan.ts';
import { findBrowser } from './find-browser.ts';
import type { Answer, FireOptions } from './fire.ts';
import { type RecordProcess, type Supervised, supervise } from './supervise.ts';
import { visitPage } from './visit.ts';

export interface BrowserOptions {
  /** Our own environment: `CHROMIUM_PATH` names a browser, PATH and HOME reach it. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly record: RecordProcess;
}

/** A headless browser, or why there is none. */
export type Browser =
  | {
      readonly kind: 'found';
      /** Opens the page of a bound visit as somebody and gives what a person would see of it. */
      visit(when: When, options: FireOptions): Promise<Answer>;
      close(): Promise<void>;
    }
  | { readonly kind: 'missing'; readonly reason: string };

const HOST = fileURLToPath(new URL('./browser-host.js', import.meta.url));
const START_MS = 30_000;
const ARGS = [
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-proxy-server',
  // The app is asked by address; no name needs to be found.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** Starts the Chromium of this machine; `missing` where none is installed or it doesn't start. */
export async function openBrowser(options: BrowserOptions): Promise<Browser> {
  const executablePath = await findBrowser(options.hostEnv);
  if (executablePath === null) {
    const reason = 'no browser: install Chromium or Chrome, or set CHROMIUM_PATH';
    return { kind: 'missing', reason };
  }
  const host = await startHost(executablePath, options);
  try {
    const endpoint = await endpointOf(host);
    const { chromium } = await import('playwright-core');
    const connected = await chromium.connect(endpoint, { timeout: START_MS });
    return found(connected, host);
  } catch (error) {
    await host.stop();
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'missing', reason: `the browser ${executablePath} did not start: ${why}` };
  }
}

function found(connected: Connected, host: Supervised): Browser {
  return {
    kind: 'found',
    visit: (when, options) => visitPage(connected, when, options),
    async close() {
      await connected.close().catch(() => undefined);
      await host.stop();
    },
  };
}

async function startHost(executablePath: string, options: BrowserOptions): Promise<Supervised> {
  // Short: Chromium puts a socket below it, whose path must stay under some hundred characters.
  const scratch = join(tmpdir(), `sw-b-${randomBytes(6).toString('hex')}`);
  const root = userInfo().uid === 0;
  const args = root ? [...ARGS, '--no-sandbox'] : ARGS;
  const launch = {
    executablePath,
    args,
    headless: true,
    chromiumSandbox: !root,
    host: '127.0.0.1',
  };
  const { PATH = '/usr/bin:/bin', LANG = 'C.UTF-8' } = options.hostEnv;
  return supervise({
    command: [process.execPath, HOST, JSON.stringify(launch)],
    cwd: scratch,
    env: { PATH, LANG, HOME: scratch, TMPDIR: scratch, XDG_CONFIG_HOME: scratch },
    scratch,
    record: options.record,
  });
}

async function endpointOf(host: Supervised): Promise<string> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline && host.exit() === null) {
    const line = host.logs.tail(50).find((text) => text.startsWith('listening ws'));
    if (line) return line.slice('listening '.length);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const said = host.logs.tail(50);
  // A stack and the fields of the error follow the line that says what is wrong.
  const from = said.findIndex((line) => /error/i.test(line));
  const telling = from < 0 ? said.slice(-3) : said.slice(from, from + 6);
  throw new StatewrightError('browser.notReady', telling.join(' ').slice(0, 300), {
    hint: 'Start the browser by hand to see what it misses.',
  });
}
