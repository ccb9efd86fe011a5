import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processStart } from '../../src/kernel/process.ts';
import { type Browser, openBrowser } from '../../src/proof/browser.ts';
import { findBrowser } from '../../src/proof/find-browser.ts';

const hostEnv = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  CHROMIUM_PATH: process.env.CHROMIUM_PATH,
};
const record = async () => async () => undefined;
const installed = await findBrowser(hostEnv);

/** A page whose script says when its text is final. */
const staged = (script: string) => `<div id="root">Loading…</div><script>${script}</script>`;
const late = (how: string) => staged(`const show = () => (root.textContent = 'final'); ${how}`);

const pages: Record<string, string> = {
  '/in-sequence': staged(`
    const step = async (n) => {
      root.textContent = 'step ' + n + ' ' + (await (await fetch('/slow')).text());
      if (n < 4) setTimeout(step, 0, n + 1); else root.textContent = 'final';
    };
    step(1);`),
  '/timer': late('setTimeout(show, 50)'),
  '/late-timer': late('setTimeout(show, 450)'),
  '/interval': late('const id = setInterval(() => { show(); clearInterval(id); }, 300)'),
  '/timer-chain': late(`
    let left = 6; const next = () => (left-- ? setTimeout(next, 40) : show()); next();`),
  '/frames': late('requestAnimationFrame(() => requestAnimationFrame(show))'),
  '/message': late(
    'const c = new MessageChannel(); c.port1.onmessage = show; c.port2.postMessage(0)',
  ),
  '/lazy': late(`import('/chunk.js').then(({ text }) => setTimeout(show, 0))`),
  '/xhr': late(`
    const asked = new XMLHttpRequest(); asked.onload = () => Promise.resolve().then(show);
    asked.open('GET', '/slow'); asked.send();`),
  '/image': late('const i = new Image(); i.onload = i.onerror = show; i.src = "/slow"'),
  '/animated': `<style nonce="own">@keyframes a { from { display: none } to { display: none } }
    p { animation: a 400ms }</style><p>final</p>`,
  '/cleared': late('const id = setTimeout(() => 0, 500); clearTimeout(id); show()'),
  '/moves-on': `<div>Loading…</div><script>setTimeout(() => location.replace('/timer'), 200)</script>`,
  '/streams': late('new EventSource("/events"); setTimeout(show, 100)'),
  '/ticks': `<div id="root"></div><script>
      let n = 0; const tick = () => { root.textContent = 'tick ' + n++; setTimeout(tick, 30); }; tick();
    </script>`,
  '/orders': `<title>Orders</title>
    <style nonce="own">h1 { text-transform: uppercase } .gone { display: none }</style>
    <h1>Your orders</h1><div id="root">Loading…</div><p class="gone">hidden</p>
    <style>#root { display: none }</style>
    <script>
      setTimeout(async () => {
        const { who } = await (await fetch('/api')).json();
        root.textContent = 'No orders yet, ' + who;
      }, 150);
    </script>`,
  '/guarded': `<script>location.replace('/signin?from=guarded')</script>`,
  '/signin': '<h1>Sign in</h1>',
  '/leaky': `<div id="root">asking</div><script>
      fetch(new URLSearchParams(location.search).get('to')).then(() => (root.textContent = 'got out'), () => (root.textContent = 'kept in'));
    </script>`,
};

let server: Server;
let url: string;
let asked: string[];

beforeAll(async () => {
  asked = [];
  server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push(path);
    if (path === '/api') {
      const who = /sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? 'stranger';
      return void response.end(JSON.stringify({ who, tenant: request.headers['x-tenant'] }));
    }
    if (path === '/slow') return void setTimeout(() => response.end('…'), 200);
    if (path === '/chunk.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      return void setTimeout(() => response.end('export const text = 1'), 250);
    }
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.write('data: 1\n\n');
    }
    if (path === '/old') {
      response.writeHead(302, { location: '/signin' });
      return void response.end();
    }
    const page = pages[path];
    response.writeHead(page ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "style-src 'nonce-own'",
    });
    response.end(page ?? '<h1>Nothing here</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const visit = (path: string) => ({ as: null, visit: true, method: 'GET', path });

describe.skipIf(installed === null)('a browser', () => {
  let browser: Browser & { kind: 'found' };
  beforeAll(async () => {
    const opened = await openBrowser({ hostEnv, record });
    if (opened.kind === 'missing') throw new Error(opened.reason);
    browser = opened;
  });
  afterAll(() => browser.close());

  it('reads what a person sees once the page is quiet, in the case it is written in', async () => {
    const credentials = { headers: {}, cookies: { sid: 'ada' }, storageState: null };
    const answer = await browser.visit(visit('/orders'), { url, credentials });
    expect(answer).toMatchObject({ status: 200, location: null, body: null });
    expect(answer.text).toBe('Your orders No orders yet, ada');
  });

  it.each([
    '/in-sequence',
    '/timer',
    '/late-timer',
    '/interval',
    '/timer-chain',
    '/frames',
    '/message',
    '/lazy',
    '/xhr',
    '/image',
    '/animated',
    '/cleared',
    '/moves-on',
    '/streams',
  ])('reads %s when nothing more is to come', async (path) => {
    const answer = await browser.visit(visit(path), { url, credentials: null });
    expect(answer.text).toBe('final');
  });

  it('reads a page that never rests once patience is over', async () => {
    const answer = await browser.visit(visit('/ticks'), { url, credentials: null });
    expect(answer.text).toMatch(/^tick \d\d+$/);
  }, 20_000);

  it('acts as somebody through a storage state, and as nobody in the next visit', async () => {
    const cookie = {
      name: 'sid',
      value: 'bob',
      domain: '127.0.0.1',
      path: '/',
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: 'Lax',
    };
    const storageState = { cookies: [cookie], origins: [] };
    const credentials = { headers: {}, cookies: {}, storageState };
    expect((await browser.visit(visit('/orders'), { url, credentials })).text).toContain('bob');
    expect((await browser.visit(visit('/orders'), { url, credentials: null })).text).toContain(
      'stranger',
    );
  });

  it('gives the status of the page itself and where a redirect led', async () => {
    const options = { url, credentials: null };
    expect(await browser.visit(visit('/none'), options)).toMatchObject({
      status: 404,
      text: 'Nothing here',
    });
    expect(await browser.visit(visit('/old'), options)).toMatchObject({
      status: 302,
      location: '/signin',
      text: 'Sign in',
    });
    expect(await browser.visit(visit('/guarded'), options)).toMatchObject({
      status: 200,
      location: '/signin?from=guarded',
      text: 'Sign in',
    });
  });

  it('keeps the page on the origin of the app', async () => {
    const other = createServer((_request, response) => {
      response.setHeader('access-control-allow-origin', '*');
      response.end('out');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const to = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    for (const target of [to, 'http://example.com/']) {
      const answer = await browser.visit(visit(`/leaky?to=${target}`), { url, credentials: null });
      expect(answer.text).toBe('kept in');
    }
    const own = await browser.visit(visit(`/leaky?to=/api`), { url, credentials: null });
    expect(own.text).toBe('got out');
    await new Promise((resolve) => other.close(resolve));
  });

  it('stops a visit when it is told to', async () => {
    const signal = AbortSignal.timeout(100);
    const failed = browser.visit(visit('/orders'), { url, credentials: null, signal });
    await expect(failed).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('leaves neither process nor profile when its owner is killed with -9', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'statewright-test-'));
    const module = new URL('../../src/proof/browser.ts', import.meta.url).href;
    const program = `
      import { openBrowser } from ${JSON.stringify(module)};
      const browser = await openBrowser({
        hostEnv: process.env,
        record: async ({ pid }) => { console.log(pid); return async () => {}; },
      });
      if (browser.kind === 'missing') throw new Error(browser.reason);
      await browser.visit({ as: null, visit: true, method: 'GET', path: '/signin' }, { url: ${JSON.stringify(url)}, credentials: null });
      console.log('visited');
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, TMPDIR: scratch },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    owner.stdout.on('data', (chunk) => (printed += chunk));
    await expect.poll(() => printed, { timeout: 20_000 }).toContain('visited');
    const pid = Number(printed.split('\n')[0]);
    expect(readdirSync(scratch)).not.toEqual([]);
    owner.kill('SIGKILL');
    await expect.poll(() => processStart(pid), { timeout: 10_000 }).toBeNull();
    await expect.poll(() => chromiumsIn(scratch), { timeout: 10_000 }).toEqual([]);
    expect(readdirSync(scratch)).toEqual([]);
    await rm(scratch, { recursive: true });
  });
});

/** The processes whose command line names the folder. */
function chromiumsIn(folder: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  });
}

describe('without a browser', () => {
  it('says so with what to do', async () => {
    const opened = await openBrowser({ hostEnv: { CHROMIUM_PATH: '/nowhere/chromium' }, record });
    expect(opened).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('CHROMIUM_PATH'),
    });
  });

  it('says why one that is there does not start', async () => {
    const opened = await openBrowser({ hostEnv: { CHROMIUM_PATH: process.execPath }, record });
    expect(opened).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('did not start'),
    });
  });
});
