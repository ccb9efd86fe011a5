import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import pg from 'pg';
import type { Moment } from './moments.ts';

const ROUTES: Readonly<Record<string, string>> = {
  '/accounts': `insert into accounts (email, password_hash) values ($1, 'hashed') returning id::text as it`,
  '/sessions': `insert into sessions (token, account_id) select '${randomUUID()}', id from accounts where email = $1
    returning token as it`,
  '/notes': `insert into notes (account_id, text) select account_id, 'hello' from sessions where token = $1
    returning id::text as it`,
};

/**
 * A small app on the database of its first argument. It dies by its own hand while it serves its n-th
 * request, at a moment of it.
 */
const [, , url = '', at = '0', moment = ''] = process.argv;
await serve(url, Number(at), moment);

async function serve(database: string, nth: number, moment: string): Promise<void> {
  const client = new pg.Client(database);
  await client.connect();
  let count = 0;
  const server = createServer(async (request, response) => {
    count += 1;
    const now = (at: Moment) => count === nth && at === moment;
    const text = ROUTES[request.url ?? ''] ?? 'select null as it';
    const about = [await subject(request)];
    if (now('before it writes')) die();
    if (now('in an open transaction')) {
      await client.query('begin');
      await client.query(text, about);
      die();
    }
    if (now('while PostgreSQL is at its statement')) {
      // It goes on without us for a while, and commits.
      void client.query(
        `do $$ begin perform pg_sleep(0.4); execute ${asText(text, about)}; end $$`,
      );
      setTimeout(die, 100);
      return;
    }
    const { rows } = await client.query<{ it: string }>(text, about);
    if (now('before it answers')) die();
    const token = request.url === '/sessions' ? (rows[0]?.it ?? '') : '';
    response.writeHead(201, {
      'content-type': 'application/json',
      ...(token ? { 'set-cookie': `token=${token}; Path=/` } : {}),
    });
    if (now('in the middle of its answer')) response.write('{', die);
    else response.end(JSON.stringify(rows[0]));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    console.log(typeof address === 'object' && address ? address.port : 0);
  });
}

/** The e-mail address a body has, else the token of the cookie. */
async function subject(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const [, token = ''] = /token=([\w-]+)/.exec(request.headers.cookie ?? '') ?? [];
  return request.url === '/notes' ? token : String(JSON.parse(body || '{}').email ?? '');
}

function asText(text: string, [value = '']: readonly string[]): string {
  return `$q$${text.replace('$1', `'${value}'`)}$q$`;
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
