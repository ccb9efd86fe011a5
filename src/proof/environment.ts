import { dirname, join } from 'node:path';
import type { AppConfig } from '../config/config.ts';

/** Variables of our own environment that reach the app; all others stay out. */
const PASSED =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TMP|TEMP|NODE_ENV|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|LD_LIBRARY_PATH|XDG_[A-Z_]+|SystemRoot)$/;

const PRELOAD = new URL('./preload.js', import.meta.url).href;
const COLLECTOR = new URL('./collector.js', import.meta.url).href;

export type Variables = Readonly<Record<string, string>>;

/** What the app's environment is made of; `plan` overrides `config.env`, null takes a variable away. */
export interface EnvironmentSource {
  readonly config: AppConfig;
  /** Where the app stands, absolute. */
  readonly cwd: string;
  readonly databaseUrl: string;
  /** Our own environment, of which only an allow-list is passed on. */
  readonly host: Readonly<Record<string, string | undefined>>;
  readonly plan: Readonly<Record<string, string | null>>;
  /** The name its database sessions carry. */
  readonly applicationName: string;
  readonly runId: string;
  readonly port: number | null;
  /** Where its processes open their sockets to be asked what ran, and the repo whose code is counted. */
  readonly coverage?: { readonly folder: string; readonly root: string } | null;
}

/** The whole environment of an app process, with our preload and its database sessions named after the run. */
export function appEnvironment(source: EnvironmentSource): Variables {
  const { config, port, coverage } = source;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(source.host)) {
    if (value !== undefined && PASSED.test(name)) env[name] = value;
  }
  env['PATH'] = [...binFolders(source.cwd), env['PATH'] ?? '/usr/bin:/bin'].join(':');
  Object.assign(env, libpqVariables(source));
  for (const [name, value] of Object.entries(config.env)) {
    env[name] = addressed(value, source.databaseUrl);
  }
  for (const [name, value] of Object.entries(source.plan)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  const loaded = [...(coverage ? [COLLECTOR] : []), PRELOAD].map((url) => `--import=${url}`);
  env['NODE_OPTIONS'] = [...loaded, env['NODE_OPTIONS']].filter(Boolean).join(' ');
  if (coverage) {
    env['STATEWRIGHT_COVERAGE'] = coverage.folder;
    env['STATEWRIGHT_COVERED'] = coverage.root;
  }
  env['STATEWRIGHT_ALLOW_HOSTS'] = JSON.stringify([
    ...config.allowHosts,
    ...hostsOf(source.databaseUrl),
  ]);
  env['STATEWRIGHT_DATABASES'] = JSON.stringify(
    [source.databaseUrl, ...Object.values(config.env)].flatMap(databaseOf),
  );
  env[config.databaseEnv] = namedUrl(source.databaseUrl, source);
  if (port !== null) env[config.portEnv] = `${port}`;
  return env;
}

/** What an app that builds its own address goes by: `{db.url}`, `{db.host}`, … in a value of the config. */
function addressed(value: string, databaseUrl: string): string {
  return value.replace(/\{db\.(url|host|port|user|password|name)\}/g, (_, part: string) =>
    part === 'url' ? databaseUrl : addressOf(databaseUrl)[part as keyof Address],
  );
}

/** So that a client which is told nothing goes to the run's database too, and is seen there. */
function libpqVariables({ databaseUrl, applicationName, runId }: EnvironmentSource): Variables {
  const { host, port, user, password, name } = addressOf(databaseUrl);
  return {
    PGHOST: host,
    PGPORT: port,
    PGUSER: user,
    PGDATABASE: name,
    ...(password === '' ? {} : { PGPASSWORD: password }),
    PGAPPNAME: applicationName,
    PGOPTIONS: `-c statewright.run=${runId}`,
  };
}

interface Address {
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly password: string;
  readonly name: string;
}

/** The parts of a PostgreSQL URL, its query's `host` and `port` (a socket's folder) included. */
function addressOf(url: string): Address {
  const [address = '', query = ''] = url.split('?');
  const parts =
    /^[a-z]+:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(\[[^\]]*\]|[^:/]*)(?::(\d+))?(?:\/(.*))?$/i.exec(
      address,
    );
  const [, user = '', password = '', host = '', port = '', name = ''] = parts ?? [];
  const asked = new URLSearchParams(query);
  const plain = decodeURIComponent(user);
  return {
    host: host.replace(/^\[(.*)\]$/, '$1') || asked.get('host') || 'localhost',
    port: port || asked.get('port') || '5432',
    user: plain,
    password: decodeURIComponent(password),
    name: decodeURIComponent(name) || plain,
  };
}

/** The URL with the run's application name, and its id as a setting of each session. */
export function namedUrl(
  url: string,
  { applicationName, runId }: { applicationName: string; runId: string },
): string {
  const [address = '', query = ''] = url.split('?');
  const params = new URLSearchParams(query);
  const options = [params.get('options'), `-c statewright.run=${runId}`].filter(Boolean).join(' ');
  params.set('options', options);
  params.set('application_name', applicationName);
  // libpq and node-postgres read %20; not all drivers take + for a space.
  return `${address}?${params.toString().replaceAll('+', '%20')}`;
}

/** As npm does: the app's own commands and those of the folders above come first. */
function binFolders(cwd: string): readonly string[] {
  const parent = dirname(cwd);
  const here = join(cwd, 'node_modules', '.bin');
  return parent === cwd ? [here] : [here, ...binFolders(parent)];
}

function hostsOf(url: string): readonly string[] {
  const { host } = addressOf(url);
  const asked = new URLSearchParams(url.split('?')[1] ?? '').get('host');
  return [...new Set([host, asked])].filter((name): name is string => !!name);
}

/** `5432/shop` for a PostgreSQL URL: what the preload lets the app open sessions on. */
function databaseOf(url: string): readonly string[] {
  if (!/^postgres(?:ql)?:\/\//i.test(url)) return [];
  const { port, name } = addressOf(url);
  return [`${port}/${name}`];
}

/** The folder an app's commands run in. */
export function appFolder(root: string, config: AppConfig): string {
  return join(root, config.cwd);
}
