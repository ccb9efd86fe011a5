import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { startEmbedded } from '../../db/embedded.ts';
import { aborted } from '../../kernel/aborted.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import { defineOperation } from '../../kernel/operation.ts';
import { chooseLlm, openLlm } from '../../operations/asking.ts';
import type { Place } from '../../operations/place.ts';
import type { Running } from './node.ts';
import { assertRoots } from './roots.ts';
import { KeyRequest } from './shapes.ts';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

export const serve = defineOperation({
  name: 'serve',
  summary: 'Serve plans and states over HTTP, with a page for people at /',
  needs: 'database',
  input: z.object({
    port: z.number().int().min(0).max(65_535).default(3_400).describe('Where to listen; 0: any'),
    host: z.string().default('127.0.0.1').describe('The address to listen on'),
    store: z
      .string()
      .optional()
      .describe('URL of the storage; $STATEWRIGHT_STORE, else the embedded server while it runs'),
    root: z
      .string()
      .default('')
      .describe('Folders whose checkouts may be planned and run, by comma'),
    db: z.string().optional().describe('URL of an enrolled database to set states up on'),
    app: z.string().default('').describe('Where the app answers on it; several by comma'),
    clones: z
      .number()
      .int()
      .min(1)
      .max(200)
      .default(8)
      .describe('States of repos standing at once, each with its app'),
    workers: z.number().int().min(1).max(16).default(1).describe('Jobs worked on at once'),
    llm: z
      .enum(['none', 'anthropic', 'openai'])
      .default('none')
      .describe('The model that may be asked'),
    llmModel: z.string().optional().describe('Its name'),
    llmUrl: z.string().optional().describe('Where it answers, if not at the provider'),
    log: z
      .enum(['silent', 'error', 'warn', 'info', 'debug'])
      .default('warn')
      .describe('What is logged'),
  }),
  output: z.object({ url: z.string() }),
  run: async (input, place: Place) => {
    const { openLog, startService, openRunner } = await serving();
    const { host, port, workers } = input;
    const roots = listed(input.root).map((path) => resolve(path));
    await assertRoots(roots);
    await using store = await openStore(input.store ?? place.env['STATEWRIGHT_STORE'], place);
    const log = openLog(input.log);
    const running = await startService({
      ...{ host, port, workers, roots, log, version: ownVersion() },
      store: store.url,
      runner: (storage) =>
        openRunner({
          ...{ db: input.db ?? null, roots, clones: input.clones, storage, warn: log.warn },
          apps: listed(input.app).map((url) => new URL(url).origin),
          // States stand beside each other.
          place: { ...place, roots, emit: () => undefined, killable: undefined },
        }),
      llm: await llmOf(input, place),
      cache: place.cache ?? null,
    });
    try {
      const key = await firstKey(running, host);
      process.stdout.write(`${JSON.stringify({ url: running.url, key })}\n`);
      place.emit({ kind: 'note', note: welcome(running.url, key) });
      await aborted(place.signal);
    } finally {
      await running.close();
    }
    return { url: running.url };
  },
});

/** Loaded when somebody serves: no other command waits for it. */
async function serving() {
  const { openLog } = await import('./log.ts');
  const { startService } = await import('./node.ts');
  const { openRunner } = await import('./runner/runner.ts');
  return { openLog, startService, openRunner };
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}

async function openStore(url: string | undefined, { home }: Place) {
  if (url !== undefined) return { url, [Symbol.asyncDispose]: async () => undefined };
  return startEmbedded({ home, keep: true });
}

async function llmOf(
  {
    llm,
    llmModel,
    llmUrl,
  }: {
    llm: 'none' | 'anthropic' | 'openai';
    llmModel?: string | undefined;
    llmUrl?: string | undefined;
  },
  { env }: Place,
) {
  const chosen = chooseLlm(llm, null);
  if (!chosen) return null;
  const asked = { ...chosen, model: llmModel ?? chosen.model, baseUrl: llmUrl ?? null };
  // A service outlives any one run's budget.
  const unlimited = { ...asked, budget: { tokens: null, usd: null } };
  return (await openLlm(unlimited, { env, home: null, cassettes: '' })).llm;
}

/** On loopback the first start of a fresh storage makes a key for whoever started it; it is shown this once. */
async function firstKey({ storage }: Running, host: string): Promise<string | null> {
  const { createKey, hasKeys } = await import('./store/keys.ts');
  if (await storage.with(hasKeys)) return null;
  if (!LOOPBACK.includes(host)) {
    throw new StatewrightError(
      'service.noKeys',
      `No key exists yet, and ${host} is open to others.`,
      {
        hint: 'Make one first: statewright keys create --scopes plan,run,admin --store URL',
        ending: 'refused',
      },
    );
  }
  const request = KeyRequest.parse({
    name: 'first',
    scopes: ['plan', 'run', 'admin'],
    standing: 100,
  });
  return (await storage.with((db) => createKey(db, { ...request, perMinute: 100_000 }))).key;
}

function welcome(url: string, key: string | null): string {
  const shown =
    key === null ? 'Keys: statewright keys list --store URL' : `Key, shown this once: ${key}`;
  return `Serving ${url} (reference at ${url}/docs).\n${shown}`;
}

function ownVersion(): string {
  const manifest = new URL('../../../package.json', import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
