import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { listenOn } from '../../src/kernel/listen.ts';

function server() {
  const made = createServer();
  onTestFinished(() => void made.close());
  return made;
}

test('takes the port it is given, a free one for 0, and says what to do where it is taken', async () => {
  const host = '127.0.0.1';
  const port = await listenOn(server(), { host, port: 0 });
  expect(port).toBeGreaterThan(0);
  await expect(listenOn(server(), { host, port })).rejects.toMatchObject({
    code: 'service.port',
    hint: expect.stringContaining('--port'),
  });
});
