import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { callApp } from '../../src/run/call.ts';

async function listening() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { asked, url: `http://127.0.0.1:${port}` };
}

test('asks the app it was given and no other, whatever the path says', async () => {
  const [app, other] = [await listening(), await listening()];
  const { host } = new URL(other.url);
  const call = { name: 'x', reason: 'x', expect: { min: 200, max: 299 } } as never;
  const ask = (path: string) => callApp(call, { as: null, method: 'GET', path }, { url: app.url });
  await ask('/own?x=1');
  for (const path of [`${other.url}/a`, `//${host}/b`, `/\\${host}/c`, `@${host}/d`, `.${host}`]) {
    await expect(ask(path), path).rejects.toThrow('Not a path of the app');
  }
  expect([app.asked, other.asked]).toEqual([['/own?x=1'], []]);
});
