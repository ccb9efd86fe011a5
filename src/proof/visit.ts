import type { Browser, BrowserContext, BrowserContextOptions, Response } from 'playwright-core';
import type { When } from '../plan/plan.ts';
import { type Answer, type FireOptions, ownLocation, pathOf } from './fire.ts';
import { quietText, trafficOf, watchPages } from './quiet.ts';
import { squeeze } from './visible-text.ts';

const TIMEOUT_MS = 20_000;

/**
 * Opens a page in a context of its own, waits until network and text are quiet, and gives the text on
 * screen. Requests that leave the app's origin fail. `location` is where a redirect led, the page's own
 * script included. Rejects as Playwright does when the page doesn't load in time.
 */
export async function visitPage(
  browser: Browser,
  when: When,
  options: FireOptions,
): Promise<Answer> {
  options.signal?.throwIfAborted();
  const context = await openContext(browser, when, options);
  const { stopped, forget } = stopOf(options.signal);
  try {
    return await Promise.race([look(context, when, options), stopped]);
  } finally {
    forget();
    // Closing waits for a page that is still loading; nobody needs to wait for that when stopped.
    const closed = context.close().catch(() => undefined);
    if (!options.signal?.aborted) await closed;
  }
}

async function look(
  context: BrowserContext,
  when: When,
  { url, timeoutMs = TIMEOUT_MS }: FireOptions,
): Promise<Answer> {
  const path = pathOf(when, url);
  const page = await context.newPage();
  const traffic = trafficOf(page);
  const response = await page.goto(`${url}${path}`, { waitUntil: 'load', timeout: timeoutMs });
  const text = squeeze(await quietText(page, traffic));
  const first = await firstOf(response);
  const headers = (await first?.allHeaders()) ?? {};
  const status = first?.status() ?? 0;
  const redirect = status >= 300 && status < 400 ? headers['location'] : undefined;
  const reached = ownLocation(redirect ?? page.url(), url);
  const location = reached === path ? null : reached;
  return { status, headers, cookies: {}, body: null, text, location };
}

/** Rejects with the signal's reason once it is aborted. */
function stopOf(signal: AbortSignal | undefined): { stopped: Promise<never>; forget: () => void } {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  stopped.catch(() => undefined);
  return { stopped, forget: () => signal?.removeEventListener('abort', stop) };
}

async function openContext(
  browser: Browser,
  when: When,
  { url, credentials }: FireOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    acceptDownloads: false,
    serviceWorkers: 'block',
    locale: 'en-US',
    ...(isState(credentials?.storageState) ? { storageState: credentials.storageState } : {}),
    extraHTTPHeaders: { ...credentials?.headers, ...texts(when.headers) },
  });
  const cookies = Object.entries({ ...credentials?.cookies, ...texts(when.cookies) });
  await context.addCookies(cookies.map(([name, value]) => ({ name, value, url })));
  await watchPages(context);
  await context.route('**/*', (route) =>
    isOwn(route.request().url(), url) ? route.continue() : route.abort('blockedbyclient'),
  );
  return context;
}

function isOwn(address: string, url: string): boolean {
  return /^(data|blob|about):/.test(address) || URL.parse(address)?.origin === new URL(url).origin;
}

/** The first answer of a chain of redirects. */
async function firstOf(response: Response | null): Promise<Response | null> {
  let request = response?.request() ?? null;
  for (let from = request; from; from = from.redirectedFrom()) request = from;
  return (await request?.response()) ?? null;
}

type StorageState = Exclude<BrowserContextOptions['storageState'], string | undefined>;

function isState(state: unknown): state is StorageState {
  return typeof state === 'object' && state !== null && 'cookies' in state && 'origins' in state;
}

function texts(values: When['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, v]) => [name, String(v)]));
}
