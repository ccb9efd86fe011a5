import type { Server } from 'node:http';
import { StatewrightError } from './errors.ts';

/** Has a server answer there; gives the port it got (0 takes a free one). Throws `service.port` where it can't be had. */
export async function listenOn(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(portTaken(port, cause)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return address && typeof address === 'object' ? address.port : port;
}

function portTaken(port: number, cause: Error): StatewrightError {
  return new StatewrightError('service.port', `Port ${port} can't be opened: ${cause.message}.`, {
    hint: 'Choose another with --port; 0 takes a free one.',
    cause,
  });
}
