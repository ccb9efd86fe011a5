import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { callApp } from '../../src/run/call.ts';

async function listening(answer: RequestListener = (_, response) => response.end('{}')) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { asked, url: `http://127.0.0.1:${port}` };
}

const call = { name: 'x', reason: 'x', expect: { min: 200, max: 299 } } as never;

test('asks the app it was given and no other, whatever the path says', async () => {
  const [app, other] = [await listening(), await listening()];
  const { host } = new URL(other.url);
  const ask = (path: string) => callApp(call, { as: null, method: 'GET', path }, { url: app.url });
  await ask('/own?x=1');
  for (const path of [`${other.url}/a`, `//${host}/b`, `/\\${host}/c`, `@${host}/d`, `.${host}`]) {
    await expect(ask(path), path).rejects.toThrow('Not a path of the app');
  }
  expect([app.asked, other.asked]).toEqual([['/own?x=1'], []]);
});

test('of an answer that never ends the beginning is read', async () => {
  const app = await listening((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(1 << 20)));
    };
    response.on('drain', more);
    more();
  });
  const answer = await callApp(call, { as: null, method: 'GET', path: '/' }, { url: app.url });
  expect(answer).toMatchObject({ status: 200, body: expect.stringMatching(/^x{4194304}$/) });
});

test('an answer is text as its bytes are, wherever they were parted', async () => {
  const app = await listening((_, response) => {
    const bytes = Buffer.from('{"name":"Zoë"}');
    response.write(bytes.subarray(0, 12));
    setTimeout(() => response.end(bytes.subarray(12)), 20);
  });
  const answer = await callApp(call, { as: null, method: 'GET', path: '/' }, { url: app.url });
  expect(answer.body).toEqual({ name: 'Zoë' });
});
