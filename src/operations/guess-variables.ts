import { parseEnv } from 'node:util';

/** What an example of an environment file (`.env.example`) says the app wants to be told. */
export interface GuessedVariables {
  /** The variable that takes the database's URL. */
  readonly database: string;
  readonly port: string;
  /** What else the app wants; parts of the database's address as `{db.host}` and the like. */
  readonly others: Readonly<Record<string, string>>;
}

/** Where examples are kept; a real `.env` is never read. */
export const EXAMPLE_FILES = [
  ...['.env.example', '.env.sample', '.env.template', '.env.dist', '.env.defaults'],
  ...['env.example', 'example.env', 'env-example', 'env-example-relational', 'sample.env'],
];

export function guessVariables(example: string): GuessedVariables {
  const written = expanded(parseEnv(example));
  const named = Object.entries(written);
  const urls = named.filter(([, value]) => /^postgres(ql)?:\/\//.test(value)).map(([name]) => name);
  const ports = named.map(([name]) => name).filter((name) => PORT_NAMES.includes(name));
  const database = urls.includes('DATABASE_URL') ? 'DATABASE_URL' : (urls[0] ?? 'DATABASE_URL');
  const port = PORT_NAMES.find((name) => ports.includes(name)) ?? 'PORT';
  const others = named.flatMap(([name, value]): [string, string][] => {
    if (name === database || name === port) return [];
    if (urls.includes(name)) return [[name, '{db.url}']];
    const part = databasePart(name);
    if (part) return [[name, `{db.${part}}`]];
    return value === '' ? [] : [[name, value]];
  });
  return { database, port, others: Object.fromEntries(others) };
}

const PORT_NAMES = ['PORT', 'APP_PORT', 'SERVER_PORT', 'API_PORT', 'HTTP_PORT'];

const PARTS: readonly (readonly [RegExp, string])[] = [
  [/^(HOST|HOSTNAME|SERVER|ADDRESS)$/, 'host'],
  [/^PORT$/, 'port'],
  [/^(USER|USERNAME|USR)$/, 'user'],
  [/^(PASSWORD|PASS|PWD|PASSWD)$/, 'password'],
  [/^(NAME|DATABASE|DB|DBNAME|DATABASE_NAME|DB_NAME)$/, 'name'],
];

function databasePart(name: string): string | null {
  const rest = /^(?:DATABASE|DB|POSTGRES|POSTGRESQL|PG|PGSQL|TYPEORM)_?(.+)$/.exec(name)?.[1];
  return PARTS.find(([pattern]) => rest !== undefined && pattern.test(rest))?.[1] ?? null;
}

/** `${NAME}` stands for what the same file gives that name; what it doesn't give is left out. */
function expanded(written: NodeJS.Dict<string>): Record<string, string> {
  const value = (text: string, depth: number): string =>
    text.replace(/\$\{(\w+)\}/g, (_, name: string) =>
      depth === 0 ? '' : value(written[name] ?? '', depth - 1),
    );
  return Object.fromEntries(
    Object.entries(written).map(([name, text]) => [name, value(text ?? '', 5)]),
  );
}
