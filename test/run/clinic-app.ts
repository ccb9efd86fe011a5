import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const SERVER = fileURLToPath(new URL('../../fixtures/apps/clinic/src/server.ts', import.meta.url));

/** The clinic on that database, until the test ends. */
export async function startClinic(databaseUrl: string): Promise<{ url: string; pid: number }> {
  const port = await freePort();
  const env = { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, PORT: String(port) };
  const child = spawn(process.execPath, [SERVER], { env, stdio: 'inherit' });
  onTestFinished(
    () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  );
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + 45_000;
  while (performance.now() < deadline) {
    const up = await fetch(`${url}/healthz`).catch(() => null);
    if (up?.ok) return { url, pid: child.pid ?? 0 };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The clinic did not start.');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
