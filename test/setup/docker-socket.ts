import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

/**
 * A socket that answers as Docker's Engine API does to what a server in a container takes; the container
 * is the server of this test run.
 */
export async function dockerSocket() {
  const folder = mkdtempSync(join(tmpdir(), 'statewright-docker-'));
  const path = join(folder, 'docker.sock');
  const containers = new Map<string, Record<string, unknown>>();
  const asked: string[] = [];
  const images = new Set<string>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const url = new URL(request.url ?? '/', 'http://docker');
    asked.push(`${request.method} ${url.pathname}`);
    const [status, body] = reply(`${request.method}`, url, text);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  const reply = (method: string, url: URL, text: string): [number, unknown?] => {
    const [, kind, name = '', what] = url.pathname.split('/');
    if (kind === '_ping') return [200, 'OK'];
    if (kind === 'images' && method === 'POST') {
      images.add(url.searchParams.get('fromImage') ?? '');
      return [200, { status: 'Pull complete' }];
    }
    if (kind === 'images') return [images.has(decodeURIComponent(name)) ? 200 : 404, {}];
    if (name === 'json') {
      return [200, [...containers].map(([Id, { Labels }]) => ({ Id, Names: [`/${Id}`], Labels }))];
    }
    if (name === 'create') {
      containers.set(url.searchParams.get('name') ?? '', JSON.parse(text));
      return [201, { Id: 'f00d', Warnings: [] }];
    }
    if (!containers.has(name)) return [404, { message: `No such container: ${name}` }];
    if (what === 'start') return [204];
    if (method === 'DELETE') return [containers.delete(name) ? 204 : 404];
    const { port } = new URL(inject('serverUrl'));
    return [
      200,
      { NetworkSettings: { Ports: { '5432/tcp': [{ HostIp: '127.0.0.1', HostPort: port }] } } },
    ];
  };
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return { path, containers, asked, images, close };
}

/** A `docker` that knows `compose up`, `port` and `down`, and writes down what it was asked. */
export function dockerCommand() {
  const folder = mkdtempSync(join(tmpdir(), 'statewright-docker-'));
  const [path, log] = [join(folder, 'docker'), join(folder, 'log')];
  const { port } = new URL(inject('serverUrl'));
  writeFileSync(
    path,
    `#!/bin/sh
echo "$@" >> ${log}
case "$*" in
  *" up "*) for a in "$@"; do case "$a" in *.yaml) cp "$a" ${folder}/file;; esac; done;;
  *" port postgres 5432") echo 127.0.0.1:${port};;
  *" port "*) echo 127.0.0.1:4711;;
esac`,
  );
  chmodSync(path, 0o755);
  return {
    path,
    log,
    file: join(folder, 'file'),
    close: () => rmSync(folder, { recursive: true }),
  };
}
