import * as z from 'zod';

/** How to start the app under test. Only this, never repo text or a model's answer, names a command. */
export const AppConfig = z.strictObject({
  /** The command that starts the app, run without a shell. */
  start: z.array(z.string()).min(1),
  cwd: z.string().default('.'),
  /** The variable that tells the app its port. */
  portEnv: z.string().default('PORT'),
  /** The variable that tells the app its database. */
  databaseEnv: z.string().default('DATABASE_URL'),
  /** A path that answers below 500 once the app is up. */
  ready: z.string().default('/'),
  env: z.record(z.string(), z.string()).default({}),
  /** The command that brings an empty database to the app's schema, run with `databaseEnv` set. */
  migrate: z.array(z.string()).min(1).nullable().default(null),
  /** Hosts off this machine the app may call. */
  allowHosts: z.array(z.string()).default([]),
  startTimeoutMs: z.number().int().positive().default(30_000),
});
export type AppConfig = Readonly<z.infer<typeof AppConfig>>;

/** Somebody a request is to come from: the persona's name, its row as it stands, where the app answers. */
export interface Somebody {
  readonly persona: string;
  readonly row: Readonly<Record<string, unknown>>;
  /** Every row of the state, by the plan's names. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Null where no app runs. */
  readonly url: string | null;
  /** What the token is to be refused for, where it is not to be good. */
  readonly refused?: 'expired' | 'signature';
}

/** What a request as that person carries, one header or cookie at least. */
export interface Pass {
  readonly headers?: Texts;
  readonly cookies?: Texts;
}

/** Texts by their names; of pairs, a `Headers` or a `Map`. */
type Texts = Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/** Signs a person in where the app's own routes don't: mints the token an identity provider would. */
export type SignIn = (who: Somebody) => Pass | Promise<Pass>;

/** Which language model may be asked, how, and for how much. */
export const LlmConfig = z.strictObject({
  provider: z.enum(['anthropic', 'openai', 'cassette']),
  model: z.string(),
  baseUrl: z.string().nullable().default(null),
  /** The environment variable that holds the key; the key itself is never written down. */
  keyEnv: z.string().nullable().default(null),
  /** `chat` for servers that speak OpenAI's older Chat Completions alone. */
  api: z.enum(['responses', 'chat']).default('responses'),
  stream: z.boolean().default(false),
  /** `open`: endings the solver leaves open; `all`: every ending, with the solver's plan as the draft. */
  scope: z.enum(['open', 'all']).default('open'),
  /** How many business states, which no branch of the code names, are asked for; 0 asks for none. */
  states: z.number().int().min(0).max(200).default(64),
  /** Routes asked about side by side. */
  concurrency: z.number().int().min(1).max(32).default(4),
  timeoutMs: z.number().int().positive().default(120_000),
  /** How often a question is sent when the provider is busy, slow or down. */
  tries: z.number().int().min(1).max(10).default(4),
  /** What one run may spend; a call that might pass it is not made. */
  budget: z
    .strictObject({
      tokens: z.number().positive().nullable().default(2_000_000),
      usd: z.number().positive().nullable().default(null),
    })
    .prefault({}),
  /** Dollars for a million tokens; needed for a budget in dollars. */
  prices: z
    .strictObject({ input: z.number().min(0), output: z.number().min(0) })
    .nullable()
    .default(null),
});
export type LlmConfig = Readonly<z.infer<typeof LlmConfig>>;

const Share = z.number().min(0).max(1);
const Locales = z.array(z.string().regex(/^[a-z]{2,3}(_[A-Za-z]+)*$/)).min(1);

/** What `generate` puts into a column, where the schema alone can't tell; one of the ways at most. */
export const ColumnRule = z
  .strictObject({
    /** The share of rows without a value. */
    nulls: Share.optional(),
    /** These values, each as often as its weight says. */
    weights: z.record(z.string(), z.number().positive()).optional(),
    /** Numbers from `min` to `max`; a `skew` above 1 makes small ones frequent. */
    number: z
      .strictObject({
        min: z.number(),
        max: z.number(),
        decimals: z.number().int().min(0).max(9).default(0),
        skew: z.number().positive().default(1),
      })
      .optional(),
    /** Instants: a time series that goes on `everySeconds` a row, give or take its `jitter`. */
    series: z
      .strictObject({
        from: z.iso.datetime({ offset: true }),
        everySeconds: z.number().positive(),
        jitter: Share.default(0),
      })
      .optional(),
    /** A Faker method, such as `person.jobTitle`. */
    faker: z
      .string()
      .regex(/^[a-z]\w*\.[a-z]\w*$/i)
      .optional(),
    locales: Locales.optional(),
    /** How a foreign key's rows spread over what they point at; a skew above 1 gives some many, most few. */
    spread: z
      .union([z.literal('even'), z.strictObject({ skew: z.number().positive() })])
      .optional(),
  })
  .refine(
    (rule) => [rule.weights, rule.number, rule.series, rule.faker].filter(Boolean).length <= 1,
    'weights, number, series and faker exclude each other',
  );
export type ColumnRule = Readonly<z.infer<typeof ColumnRule>>;

/** How `generate` fills tables: columns by table, tables as `--rows` names them. */
export const GenerateConfig = z.strictObject({
  /** The languages that names, places and texts are in. */
  locales: Locales.nullable().default(null),
  tables: z.record(z.string(), z.record(z.string(), ColumnRule)).default({}),
});
export type GenerateConfig = Readonly<z.infer<typeof GenerateConfig>>;

/** Where the databases come from that states are set up in; `branch/isolations.ts` says what each is. */
export const ISOLATIONS = [
  'embedded',
  'clone',
  'own',
  'shared',
  'rollback',
  'neon',
  'testcontainers',
  'compose',
] as const;
export type Isolation = (typeof ISOLATIONS)[number];

/** Which it is for a command, why, and what it doesn't keep apart. */
export const Isolated = z.object({
  isolation: z.enum(ISOLATIONS),
  because: z.string(),
  cannot: z.array(z.string()),
});
export type Isolated = Readonly<z.infer<typeof Isolated>>;

/** A Neon project whose branches states may be set up in. */
export const NeonConfig = z.strictObject({
  project: z.string().min(1),
  /** The id of the branch they are made from; the project's default branch when null. */
  parent: z.string().nullable().default(null),
  /** Needed where the project has several. */
  database: z.string().nullable().default(null),
  role: z.string().nullable().default(null),
  /** The environment variable that holds the key; the key itself is never written down. */
  keyEnv: z.string().default('NEON_API_KEY'),
  baseUrl: z.string().default('https://console.neon.tech/api/v2'),
});
export type NeonConfig = Readonly<z.infer<typeof NeonConfig>>;

/** A service the app needs: where it listens, and the variable that tells the app (`redis://{address}`). */
export const ServiceConfig = z.strictObject({
  image: z.string(),
  port: z.number().int().min(1).max(65_535),
  env: z.record(z.string(), z.string()).default({}),
  variable: z.string().nullable().default(null),
  value: z.string().default('{address}'),
});
export type ServiceConfig = Readonly<z.infer<typeof ServiceConfig>>;

/** `statewright.config.ts`. Paths are relative to the file's own folder. */
export const Config = z.strictObject({
  app: AppConfig,
  /** Where plans are kept. */
  plans: z.string().default('statewright/plans'),
  seed: z.string().default('1'),
  /** App processes side by side while proving. */
  workers: z.number().int().min(1).max(16).default(2),
  timeZone: z.string().default('UTC'),
  /** Asked for every persona instead of the app's own sign-up and sign-in. */
  signIn: z
    .custom<SignIn>((value) => typeof value === 'function', 'it must be a function')
    .nullable()
    .default(null),
  isolation: z.enum(['auto', ...ISOLATIONS]).default('auto'),
  neon: NeonConfig.nullable().default(null),
  /** When what was made elsewhere (a container, a branch) is over at the latest, should everybody have died. */
  elsewhereHours: z.number().positive().max(720).default(2),
  /** The image of `testcontainers` and `compose`. */
  postgresImage: z.string().default('postgres:18-alpine'),
  /** What `compose` starts beside PostgreSQL, by name. */
  services: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), ServiceConfig).default({}),
  llm: LlmConfig.nullable().default(null),
  generate: GenerateConfig.prefault({}),
});
export type Config = Readonly<z.infer<typeof Config>>;
export type ConfigInput = z.input<typeof Config>;
