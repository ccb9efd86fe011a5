import { readFileSync } from 'node:fs';
import type { BrowserContext, Page, Request } from 'playwright-core';

const WATCH = readFileSync(new URL('./page-watch.js', import.meta.url), 'utf8');

/** What the page has to keep still for, and how long we wait: for its requests and timers, then for its text. */
const QUIET_MS = 125;
const PATIENCE_MS = 5_000;
const TEXT_MS = 3_000;
/** A page that computes all the time answers no question. */
const HUNG_MS = 20_000;

/** Puts the watch into every document the context will open. */
export function watchPages(context: BrowserContext): Promise<unknown> {
  return context.addInitScript({ content: WATCH });
}

/** The requests of a page, as they come and go. */
export interface Traffic {
  open(): number;
  /** Grows with each request that starts or ends. */
  turns(): number;
}

/** Call it before the page is opened. */
export function trafficOf(page: Page): Traffic {
  const open = new Set<Request>();
  let turns = 0;
  const end = (request: Request) => {
    if (open.delete(request)) turns += 1;
  };
  page.on('request', (request) => {
    // A stream of events stays open as long as the page does.
    if (request.resourceType() === 'eventsource') return;
    open.add(request);
    turns += 1;
  });
  page.on('requestfinished', end);
  page.on('requestfailed', end);
  return { open: () => open.size, turns: () => turns };
}

/**
 * The text a page shows once it is quiet: no request of it under way, no short timer or animation of it
 * due, its text unchanged for a moment. One that never rests is read when patience is over.
 */
export async function quietText(page: Page, traffic: Traffic): Promise<string> {
  const started = performance.now();
  let last = '';
  for (;;) {
    const waited = performance.now() - started;
    const text = waited > PATIENCE_MS;
    const turns = traffic.turns();
    const seen = await look(page, { quietMs: QUIET_MS, text });
    last = seen?.text ?? last;
    const rests = text || (traffic.open() === 0 && traffic.turns() === turns);
    if (seen?.still && rests) {
      // News of a request may come later than news of the text: the next answer comes after both.
      const after = await look(page, { quietMs: 0, text: true });
      if (after?.text === last && (text || traffic.turns() === turns)) return last;
    }
    if (waited > PATIENCE_MS + TEXT_MS) return last;
  }
}

interface Look {
  readonly still: boolean;
  readonly text: string;
}

/** Null where the page went elsewhere meanwhile. */
async function look(page: Page, how: { quietMs: number; text: boolean }): Promise<Look | null> {
  const asked = JSON.stringify({ ...how, withinMs: 1_000 });
  const unwatched = '{ still: true, text: document.body?.innerText ?? "" }';
  const { promise: hung, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('the page does not come to rest')), HUNG_MS);
  try {
    const answer = page.evaluate<Look>(
      `globalThis[Symbol.for('statewright.look')]?.(${asked}) ?? (${unwatched})`,
    );
    return await Promise.race([answer, hung]);
  } catch (error) {
    if (!isGone(error)) throw error;
    await page.waitForLoadState('load', { timeout: PATIENCE_MS }).catch(() => undefined);
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && /context was destroyed|navigat/i.test(error.message);
}
