import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { throwawayApp } from './throwaway-app.ts';

const run = promisify(execFile);
const preload = new URL('../../src/proof/preload.js', import.meta.url).href;

/** Runs a program with the preload and gives what it printed. */
async function underGuard(
  source: string,
  { allow = [] as string[], tsx = false, databases = null as string[] | null } = {},
) {
  await using app = await throwawayApp('', { files: { 'program.ts': source } });
  const command = tsx ? `${app.root}/node_modules/.bin/tsx` : process.execPath;
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: app.root,
    NODE_OPTIONS: `--import=${preload}`,
    STATEWRIGHT_ALLOW_HOSTS: JSON.stringify(allow),
    STATEWRIGHT_DATABASES: JSON.stringify(databases),
  };
  return await run(command, ['program.ts'], { cwd: app.root, env, timeout: 15_000 });
}

const outbound: readonly [string, string][] = [
  ['fetch', `await fetch('https://api.example.com/x').catch((e) => console.log(e.cause.code))`],
  [
    'node:http',
    `import { get } from 'node:http';
     get('http://192.0.2.7/').on('error', (e) => console.log((e as any).code))`,
  ],
  [
    'a plain socket',
    `import { connect } from 'node:net';
     connect(443, 'example.com').on('error', (e) => console.log((e as any).code))`,
  ],
  [
    'tls',
    `import { connect } from 'node:tls';
     connect({ host: 'example.com', port: 443 }).on('error', (e) => console.log((e as any).code))`,
  ],
  [
    'a look-up',
    `import { lookup } from 'node:dns';
     lookup('example.com', (e) => console.log((e as any).code))`,
  ],
  [
    'a look-up by promise',
    `import { resolve4 } from 'node:dns/promises';
     await resolve4('example.com').catch((e) => console.log(e.code))`,
  ],
  [
    'a datagram',
    `import { createSocket } from 'node:dgram';
     const socket = createSocket('udp4');
     socket.send('x', 53, '192.0.2.7', (e) => { console.log((e as any).code); socket.close(); })`,
  ],
];

describe('the preload', () => {
  it.each(outbound)('refuses %s that leaves the machine, and says so', async (_name, source) => {
    const { stdout, stderr } = await underGuard(source);
    expect(stdout.trim()).toBe('ERR_STATEWRIGHT_OUTBOUND');
    expect(stderr).toMatch(
      /statewright: refused a connection to (api\.)?(example\.com|192\.0\.2\.7)/,
    );
  });

  it('refuses under tsx as well', async () => {
    const source = `void fetch('https://api.example.com/x').catch((e: any) => console.log(e.cause.code as string))`;
    const { stdout } = await underGuard(source, { tsx: true });
    expect(stdout.trim()).toBe('ERR_STATEWRIGHT_OUTBOUND');
  });

  it('lets connections on the machine through, by address and by name', async () => {
    const server = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as AddressInfo;
    const hosts = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0'];
    const source = `for (const host of ${JSON.stringify(hosts)})
      console.log(await (await fetch('http://' + host + ':${port}/')).text());`;
    const { stdout, stderr } = await underGuard(source);
    server.close();
    expect(stdout.trim().split('\n')).toEqual(['hello', 'hello', 'hello', 'hello']);
    expect(stderr).not.toContain('refused');
  });

  it('lets a host through that the config names, with its subdomains where it says so', async () => {
    const probe = (host: string) =>
      `await fetch('http://${host}/', { signal: AbortSignal.timeout(900) }).catch((e) => console.log(e.cause?.code ?? e.name));`;
    const { stderr } = await underGuard(
      probe('mail.invalid') + probe('a.pay.invalid') + probe('evilpay.invalid'),
      { allow: ['mail.invalid', '*.pay.invalid'] },
    );
    expect(stderr.match(/refused a connection to \S+/g)).toEqual([
      'refused a connection to evilpay.invalid:80',
    ]);
  });

  it('knows the machine by its own name', async () => {
    const source = `import { connect } from 'node:net';
      connect(9, ${JSON.stringify(hostname())}).on('error', (e) => console.log((e as any).code))`;
    expect((await underGuard(source)).stdout).not.toContain('ERR_STATEWRIGHT_OUTBOUND');
  });

  it.each([
    ['shop', '', true],
    ['dev', '', false],
    // What a pool with TLS asks first is let through; nothing else follows here.
    ['dev', '?sslmode=require', 'tls'],
  ])(
    'with "shop" as its own, a session on "%s%s" reaches the server: %s',
    async (name, query, reaches) => {
      const received: Buffer[] = [];
      const server = createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (data) => {
          received.push(data);
          socket.destroy();
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const source = `import pg from 'pg';
      const client = new pg.Client('postgres://ann@127.0.0.1:${port}/${name}${query}');
      client.on('error', () => undefined);
      void client.connect().catch((e) => console.log((e as any).code ?? 'ended'));`;
      const { stdout, stderr } = await underGuard(source, { databases: [`${port}/shop`] });
      await new Promise((resolve) => server.close(resolve));
      const bytes = Buffer.concat(received);
      if (reaches === true) expect(bytes.toString()).toContain('shop');
      else if (reaches === 'tls') expect(bytes).toHaveLength(8);
      else {
        expect(bytes).toHaveLength(0);
        expect(stdout.trim()).toBe('ERR_STATEWRIGHT_DATABASE');
        expect(stderr).toContain(`refused a session on database "dev" at port ${port}`);
      }
    },
  );
});
