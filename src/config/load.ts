import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StatewrightError } from '../kernel/errors.ts';
import { Config, type ConfigInput } from './config.ts';

const NAMES = ['ts', 'mts', 'js', 'mjs'].map((extension) => `statewright.config.${extension}`);

/** The config file's path in a folder, or null. */
export function findConfig(root: string): string | null {
  return NAMES.map((name) => join(root, name)).find((path) => existsSync(path)) ?? null;
}

/** The nearest folder with a config file, from a folder upward. Throws `config.missing`. */
export function findCheckout(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (findConfig(folder)) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new StatewrightError('config.missing', `No statewright.config.ts in ${from} or above.`, {
    hint: 'Run "npx statewright init" in the folder of the app.',
  });
}

/**
 * Loads the user's own config file by importing it. Throws `config.missing`, `config.unreadable` or
 * `config.invalid`.
 */
export async function loadConfig(root: string): Promise<Config> {
  const path = findConfig(root);
  if (!path) {
    throw new StatewrightError('config.missing', `No statewright.config.ts in ${root}.`, {
      hint: `Run "npx statewright init ${root}" to write one.`,
    });
  }
  const parsed = Config.safeParse(await importDefault(path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') || 'the config';
  throw new StatewrightError('config.invalid', `${path}: ${place}: ${issue?.message}.`, {
    hint: `Correct it, or run "npx statewright init --force" for a fresh one.`,
  });
}

async function importDefault(path: string): Promise<ConfigInput> {
  try {
    return (await import(pathToFileURL(path).href)).default;
  } catch (cause) {
    throw new StatewrightError('config.unreadable', `${path} could not be loaded: ${cause}`, {
      hint: 'Correct it and try again; before Node 22.18 name it statewright.config.mjs.',
      cause,
    });
  }
}
