import { createServer } from 'node:net';
import { StatewrightError } from '../kernel/errors.ts';

/** A port of the loopback address that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => (port ? resolve(port) : reject(noPort())));
    });
  });
}

function noPort(): StatewrightError {
  return new StatewrightError('app.noPort', 'No free port on 127.0.0.1.', {
    hint: 'Stop some servers on this machine and try again.',
  });
}
