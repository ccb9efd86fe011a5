import { request } from 'node:http';
import * as z from 'zod';
import { StatewrightError } from '../kernel/errors.ts';

/** What of Docker's Engine API a server in a container needs. */
export interface Docker {
  answers(): Promise<boolean>;
  /** Pulls the image where it isn't there. */
  fetchImage(image: string): Promise<void>;
  /** Makes and starts a container that goes with its data when it stops; gives the local port of `port`. */
  start(name: string, container: Container): Promise<number>;
  /** Stops and removes it; none of that name is no error. */
  remove(name: string): Promise<void>;
  /** The containers that `start` made, by name, and the compose projects of ours, running or not. */
  list(): Promise<readonly string[]>;
}

export interface Container {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly port: number;
  /** Kept in memory. */
  readonly folder: string;
}

const Inspected = z.object({
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable()),
  }),
});

const Listed = z.array(z.object({ Labels: z.record(z.string(), z.string()).default({}) }));
const COMPOSED = 'statewright-compose-';

/** The socket Docker listens on, as DOCKER_HOST or its default says; null where that is no socket. */
export function dockerSocket(env: Readonly<Record<string, string | undefined>>): string | null {
  const host = env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  return host.startsWith('unix://') ? host.slice('unix://'.length) : null;
}

export function dockerAt(socketPath: string): Docker {
  const call = (method: string, path: string, body?: unknown) =>
    ask({ socketPath, method, path, ...(body === undefined ? {} : { body }) });
  return {
    async answers() {
      return call('GET', '/_ping').then(
        ({ status }) => status === 200,
        () => false,
      );
    },
    async fetchImage(image) {
      const known = await call('GET', `/images/${encodeURIComponent(image)}/json`);
      if (known.status === 200) return;
      const pulled = await call('POST', `/images/create?fromImage=${encodeURIComponent(image)}`);
      // Pulling answers 200 and tells of errors in the stream.
      const wrong = /"error":\s*"([^"]*)"/.exec(pulled.text)?.[1];
      if (pulled.status !== 200 || wrong) throw refused(`pulling ${image}`, pulled, wrong);
    },
    async start(name, { image, env, command, port, folder }) {
      const inside = `${port}/tcp`;
      const made = await call('POST', `/containers/create?name=${name}`, {
        Image: image,
        Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
        Cmd: command,
        Labels: { 'statewright.name': name },
        ExposedPorts: { [inside]: {} },
        HostConfig: {
          AutoRemove: true,
          PortBindings: { [inside]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
          Tmpfs: { [folder]: 'rw' },
        },
      });
      if (made.status !== 201) throw refused('creating a container', made);
      const started = await call('POST', `/containers/${name}/start`);
      if (started.status !== 204) throw refused('starting a container', started);
      const { NetworkSettings } = Inspected.parse(
        JSON.parse((await call('GET', `/containers/${name}/json`)).text),
      );
      return Number(NetworkSettings.Ports[inside]?.[0]?.HostPort);
    },
    async remove(name) {
      const gone = await call('DELETE', `/containers/${name}?force=true&v=true`);
      // 409: it is being removed already.
      if (![204, 404, 409].includes(gone.status)) throw refused('removing a container', gone);
    },
    async list() {
      const found = await call('GET', '/containers/json?all=true');
      if (found.status !== 200) throw refused('listing containers', found);
      const names = Listed.parse(JSON.parse(found.text)).flatMap(({ Labels }) => {
        const project = Labels['com.docker.compose.project'];
        return Labels['statewright.name'] ?? (project?.startsWith(COMPOSED) ? project : []);
      });
      return [...new Set(names)];
    },
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function ask(asked: {
  socketPath: string;
  method: string;
  path: string;
  body?: unknown;
}): Promise<Answer> {
  const { socketPath, method, path, body } = asked;
  const headers = { host: 'docker', 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(notFound(socketPath, cause));
    const call = request({ socketPath, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    call.on('error', fail);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function notFound(socket: string, cause: unknown): StatewrightError {
  return new StatewrightError('branch.noDocker', `Docker was not found at ${socket}.`, {
    hint: 'Start Docker, set DOCKER_HOST to its socket, or use another --isolation.',
    facts: { socket },
    cause,
  });
}

function refused(what: string, { status, text }: Answer, wrong?: string): StatewrightError {
  const why = wrong ?? /"message":\s*"([^"]*)"/.exec(text)?.[1] ?? '';
  return new StatewrightError('branch.dockerFailed', `Docker refused ${what} (${status}): ${why}`, {
    hint: 'Try the image by hand: docker run --rm IMAGE. Nothing was left running.',
    facts: { status },
  });
}
