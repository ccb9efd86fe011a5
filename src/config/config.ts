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

/** `statewright.config.ts`. Paths are relative to the file's own folder. */
export const Config = z.strictObject({
  app: AppConfig,
  /** Where plans are kept. */
  plans: z.string().default('statewright/plans'),
  seed: z.string().default('1'),
  /** App processes side by side while proving. */
  workers: z.number().int().min(1).max(16).default(2),
  timeZone: z.string().default('UTC'),
  llm: z
    .strictObject({
      provider: z.enum(['anthropic', 'openai', 'cassette']),
      model: z.string(),
      baseUrl: z.string().nullable().default(null),
      /** The environment variable that holds the key; the key itself is never written down. */
      keyEnv: z.string().nullable().default(null),
    })
    .nullable()
    .default(null),
});
export type Config = Readonly<z.infer<typeof Config>>;
export type ConfigInput = z.input<typeof Config>;
