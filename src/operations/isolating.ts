import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Branches, CloneOptions } from '../branch/branch.ts';
import { openClones } from '../branch/clone.ts';
import { removeComposed, startComposed } from '../branch/compose.ts';
import { startContainer } from '../branch/container.ts';
import { dockerAt, dockerSocket } from '../branch/docker.ts';
import { chooseIsolation, describeIsolation } from '../branch/isolations.ts';
import { neonBranches } from '../branch/neon.ts';
import { neonApi } from '../branch/neon-api.ts';
import { type Config, type Isolated, type Isolation, NeonConfig } from '../config/config.ts';
import { hold, release } from '../db/holds.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { RunEntry } from '../run/ledger.ts';
import type { SweepOptions } from '../run/sweep.ts';
import type { Place } from './place.ts';
import { driver, type Workshop } from './workshop.ts';

type Env = Place['env'];

/** Chooses by what is there, and says so in one line. */
export async function isolationFor(
  { config, db, candidates }: { config: Config; db: boolean; candidates: readonly Isolation[] },
  { env, emit }: Pick<Place, 'env' | 'emit'>,
): Promise<Isolated> {
  const socket = dockerSocket(env);
  const surroundings = {
    db,
    // The ledger is on that server: there is none without it.
    embedded: true,
    docker: socket !== null && (await dockerAt(socket).answers()),
    neon: config.neon !== null && Boolean(env[config.neon.keyEnv]),
  };
  const chosen = chooseIsolation(surroundings, { asked: config.isolation, candidates });
  emit({ kind: 'note', note: describeIsolation(chosen) });
  return chosen;
}

/** Where the databases come from, and the variables of what was started beside them. */
export interface Isolating extends AsyncDisposable {
  readonly branches: Branches;
  readonly env: Readonly<Record<string, string>>;
}

type Pool = Omit<CloneOptions, 'url' | 'ledger' | 'driver'>;

interface Ground {
  readonly config: Config;
  readonly pool: Pool;
  readonly workshop: Workshop;
  readonly entry: RunEntry;
  readonly place: Place;
}

/** Opens what was chosen; closing takes it all away again. The entry knows of each thing before it is made. */
export async function openIsolation({ isolation }: Isolated, ground: Ground): Promise<Isolating> {
  const { pool, workshop, entry } = ground;
  if (isolation === 'embedded') {
    return isolating(await openClones({ ...pool, driver, ledger: entry, url: workshop.url }));
  }
  const { sql } = workshop.ledger;
  const until = new Date(
    ground.place.clock.now().getTime() + ground.config.elsewhereHours * HOUR_MS,
  );
  // The server goes with its last user, and the ledger with it; what is made elsewhere would be forgotten.
  await hold(sql, entry.id, until.toISOString());
  try {
    const opened = await openElsewhere(isolation, ground);
    const close = () => opened[Symbol.asyncDispose]().then(() => release(sql, entry.id));
    return { ...opened, [Symbol.asyncDispose]: close };
  } catch (error) {
    await release(sql, entry.id);
    throw error;
  }
}

const HOUR_MS = 3_600_000;

async function openElsewhere(isolation: Isolation, ground: Ground): Promise<Isolating> {
  const { config, pool, entry, place } = ground;
  const made = { driver, ledger: entry };
  switch (isolation) {
    case 'neon':
      return isolating(neonBranches({ ...pool, ...made, ...neonOf(config, place) }));
    case 'testcontainers': {
      const docker = dockerAt(dockerSocket(place.env) ?? '');
      const server = await startContainer(config.postgresImage, { ...made, docker });
      return onServer({ ...server, env: {} }, pool);
    }
    case 'compose': {
      const folder = await mkdtemp(join(tmpdir(), 'statewright-compose-'));
      await entry.record('folder', folder);
      const file = join(folder, 'compose.yaml');
      const { postgresImage: image, services } = config;
      const removed = async () => {
        await rm(folder, { recursive: true, force: true });
        await entry.strike('folder', folder);
      };
      try {
        return await onServer(
          await startComposed({ ...made, image, services, file }),
          pool,
          removed,
        );
      } catch (error) {
        await removed();
        throw error;
      }
    }
    default:
      throw new Error(`${isolation} makes nothing elsewhere`);
  }
}

/** How the sweeper removes what dead runs left elsewhere. */
export function elsewhere(
  env: Env,
  neon: NeonConfig | null = null,
): NonNullable<SweepOptions['dropElsewhere']> {
  return async (kind, name) => {
    if (kind === 'branch') {
      const [branch = '', project = ''] = name.split('/');
      const config = neon ?? NeonConfig.parse({ project });
      await neonApi({ ...config, project }, keyOf(config, env)).remove(branch);
    } else if (name.startsWith('statewright-compose-')) {
      await removeComposed(name);
    } else {
      await dockerAt(dockerSocket(env) ?? '').remove(name);
    }
  };
}

/** What of ours stands elsewhere, as the ledger would name it; whose it is can't be told from here. */
export async function standingElsewhere(
  env: Env,
  neon: NeonConfig | null,
): Promise<readonly { readonly kind: 'branch' | 'container'; readonly name: string }[]> {
  const socket = dockerSocket(env);
  const docker = socket === null ? null : dockerAt(socket);
  const containers = docker && (await docker.answers()) ? await docker.list() : [];
  const branches =
    neon && env[neon.keyEnv] ? await neonApi(neon, keyOf(neon, env)).list('statewright-') : [];
  return [
    ...containers.map((name) => ({ kind: 'container' as const, name })),
    ...branches.map((name) => ({ kind: 'branch' as const, name: `${name}/${neon?.project}` })),
  ];
}

function isolating(branches: Branches, close = () => branches.close()): Isolating {
  return { branches, env: {}, [Symbol.asyncDispose]: close };
}

interface Server {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Clones on a server that is taken away whole: the entry need not know them one by one. */
async function onServer(
  { url, env, close }: Server,
  pool: Pool,
  removed: () => Promise<void> = async () => undefined,
): Promise<Isolating> {
  const end = async () => {
    await close();
    await removed();
  };
  try {
    const unnoted = { record: async () => undefined, strike: async () => undefined };
    const branches = await openClones({ ...pool, driver, url, ledger: unnoted });
    const closeAll = () => branches.close().finally(end);
    return { ...isolating(branches, closeAll), env };
  } catch (error) {
    await end();
    throw error;
  }
}

function neonOf(config: Config, { env, clock }: Place) {
  const { neon } = config;
  if (!neon) throw new Error('a neon isolation is chosen where neon is configured');
  const { project } = neon;
  const api = neonApi(neon, keyOf(neon, env));
  return { api, now: () => clock.now(), hours: config.elsewhereHours, project };
}

function keyOf({ keyEnv }: NeonConfig, env: Env): string {
  const key = env[keyEnv];
  if (key) return key;
  throw new StatewrightError('branch.noNeonKey', `${keyEnv} is not set.`, {
    hint: `Set ${keyEnv} to a key of the Neon project; branches also end by themselves.`,
  });
}
