import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { When } from '../../src/plan/plan.ts';
import { fire } from '../../src/proof/fire.ts';

let server: Server;
let url: string;

/** Answers with what it was sent. */
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url: path, headers } = request;
    if (path === '/slow') return;
    if (path === '/broken') return void request.socket.destroy();
    if (path === '/moved') {
      response.writeHead(302, {
        location: `${url}/signin?next=%2Fmoved`,
        'set-cookie': ['a=1; Path=/', 'b=x=y'],
      });
      return void response.end();
    }
    if (path === '/page') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return void response.end('<h1>Orders</h1><p>None &amp; <b>no</b>ne</p><script>1</script>');
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, path, headers, body: Buffer.concat(chunks).toString() }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = (when: Partial<When>) => ({ as: null, method: 'GET', path: '/', ...when });
const seen = (body: unknown) =>
  body as { method: string; path: string; headers: Record<string, string>; body: string };

describe('fire', () => {
  it('sends JSON, query, headers and cookies beside the credentials of a persona', async () => {
    const credentials = {
      headers: { 'X-Tenant': 't1' },
      cookies: { sid: 'abc' },
      storageState: null,
    };
    const when = ask({
      method: 'post',
      path: '/orders?draft=1',
      query: { page: 2, q: 'a b' },
      headers: { 'X-Trace': 'yes' },
      cookies: { theme: 'dark' },
      body: { lines: [{ sku: 'tea', quantity: 3 }], note: null },
    });
    const sent = seen((await fire(when, { url, credentials })).body);
    expect(sent.method).toBe('POST');
    expect(sent.path).toBe('/orders?draft=1&page=2&q=a+b');
    expect(sent.headers).toMatchObject({
      'x-tenant': 't1',
      'x-trace': 'yes',
      cookie: 'sid=abc; theme=dark',
      'content-type': 'application/json',
    });
    expect(JSON.parse(sent.body)).toEqual({ lines: [{ sku: 'tea', quantity: 3 }], note: null });
  });

  it('sends a form where the content type asks for one', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const when = ask({
      method: 'POST',
      headers,
      body: { email: 'a@example.test', tags: ['x', 'y'] },
    });
    const sent = seen((await fire(when, { url, credentials: null })).body);
    expect(sent.body).toBe('email=a%40example.test&tags=x&tags=y');
  });

  it('sends a multipart form with the boundary it was encoded with', async () => {
    const when = ask({
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data' },
      body: { name: 'Ada' },
    });
    const sent = seen((await fire(when, { url, credentials: null })).body);
    const boundary = /boundary=(.+)$/.exec(sent.headers['content-type'] ?? '')?.[1] ?? 'none';
    expect(sent.body).toContain(`--${boundary}`);
    expect(sent.body).toContain('name="name"');
  });

  it('does not follow a redirect, and gives its location without the own origin', async () => {
    const answer = await fire(ask({ path: '/moved' }), { url, credentials: null });
    expect(answer).toMatchObject({ status: 302, location: '/signin?next=%2Fmoved', body: null });
    expect(answer.cookies).toEqual({ a: '1', b: 'x=y' });
  });

  it('gives the visible text of a page', async () => {
    expect((await fire(ask({ path: '/page' }), { url, credentials: null })).text).toBe(
      'Orders None & none',
    );
  });

  it.each(['http://example.com/', '//example.com/', '/\\example.com/', 'orders'])(
    'refuses %s, which is not a path of the app',
    async (path) => {
      const failed = fire(ask({ path }), { url, credentials: null });
      await expect(failed).rejects.toMatchObject({ code: 'proof.outsideApp', ending: 'refused' });
    },
  );

  it('gives up on an answer that does not come', async () => {
    const failed = fire(ask({ path: '/slow' }), { url, credentials: null, timeoutMs: 60 });
    await expect(failed).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('stops when it is told to, with the reason given', async () => {
    const signal = AbortSignal.abort(new Error('stopped by hand'));
    await expect(fire(ask({}), { url, credentials: null, signal })).rejects.toThrow(
      'stopped by hand',
    );
  });

  it('rejects with the error of a connection that breaks', async () => {
    const failed = fire(ask({ path: '/broken' }), { url, credentials: null });
    await expect(failed).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
