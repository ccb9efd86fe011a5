import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ServiceConfig } from '../config/config.ts';
import type { Driver } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Ledger } from './branch.ts';
import { FAST, type OwnServer, untilUp } from './container.ts';

/** The services of a compose file, running. */
export interface Composed extends OwnServer {
  /** What the app is told of them: its variables. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ComposeOptions {
  readonly image: string;
  readonly services: Readonly<Record<string, ServiceConfig>>;
  /** Where the compose file is written. */
  readonly file: string;
  readonly driver: Driver;
  readonly ledger: Ledger;
  readonly docker?: string;
}

/** Writes a compose file with PostgreSQL and the app's other services, and starts them under a name of their own. */
export async function startComposed(options: ComposeOptions): Promise<Composed> {
  const { image, services, file, driver, ledger, docker = 'docker' } = options;
  if ('postgres' in services) throw nameTaken();
  const project = `statewright-compose-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  const compose = composer(docker, ['-p', project, '-f', file]);
  await writeFile(file, composeText({ image, services, password }), { mode: 0o600 });
  await ledger.record('container', project);
  let closed: Promise<void> | undefined;
  const remove = async () => {
    await removeComposed(project, docker);
    await ledger.strike('container', project);
  };
  const close = () => (closed ??= remove());
  try {
    await compose(['up', '--detach', '--wait']);
    const address = (service: string, port: number) => compose(['port', service, String(port)]);
    const url = `postgres://postgres:${password}@${await address('postgres', 5432)}/postgres`;
    await untilUp(url, driver);
    const env: Record<string, string> = {};
    for (const [name, { port, variable, value }] of Object.entries(services)) {
      if (variable) env[variable] = value.replaceAll('{address}', await address(name, port));
    }
    return { url, env, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Takes all services of that name away, with their data; the file need not be there any more. */
export async function removeComposed(project: string, docker = 'docker'): Promise<void> {
  await composer(docker, ['-p', project])(['down', '--volumes', '--remove-orphans']);
}

/** JSON is YAML; every port is published on this machine alone, under a number Docker chooses. */
export function composeText({
  image,
  services,
  password,
}: Pick<ComposeOptions, 'image' | 'services'> & { password: string }): string {
  const others = Object.entries(services).map(([name, { image, port, env }]) => [
    name,
    { image, environment: env, ports: [`127.0.0.1::${port}`] },
  ]);
  const postgres = {
    image,
    command: ['postgres', ...FAST],
    environment: { POSTGRES_PASSWORD: password },
    ports: ['127.0.0.1::5432'],
    tmpfs: ['/var/lib/postgresql'],
    healthcheck: { test: ['CMD', 'pg_isready', '-U', 'postgres'], interval: '1s', retries: 60 },
  };
  const file = { services: { ...Object.fromEntries(others), postgres } };
  // Compose reads a dollar as the start of a variable.
  return `${JSON.stringify(file, null, 2).replaceAll('$', '$$$$')}\n`;
}

function nameTaken(): StatewrightError {
  return new StatewrightError(
    'branch.serviceName',
    'The config has a service called "postgres": that is the name of the database beside it. Nothing was started.',
    { hint: 'Give the service another name in `services`.', ending: 'refused' },
  );
}

const run = promisify(execFile);

function composer(docker: string, about: readonly string[]) {
  return async (args: readonly string[]): Promise<string> => {
    try {
      return (await run(docker, ['compose', ...about, ...args])).stdout.trim();
    } catch (cause) {
      throw failed(args[0] ?? '', cause);
    }
  };
}

function failed(verb: string, cause: unknown): StatewrightError {
  const { code, stderr } = Object(cause) as { code?: unknown; stderr?: unknown };
  const why =
    code === 'ENOENT'
      ? 'docker was not found'
      : String(stderr ?? '')
          .trim()
          .slice(-300);
  return new StatewrightError('branch.composeFailed', `docker compose ${verb} failed: ${why}.`, {
    hint: 'Start Docker, or use another --isolation.',
    cause,
  });
}
