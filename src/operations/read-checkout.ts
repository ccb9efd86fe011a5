import type { Emit } from '../kernel/events.ts';
import { analyze } from '../model/analyze.ts';
import type { Model } from '../model/model.ts';
import { openCache, type StoredCache } from '../repo/cache.ts';
import { openProgram } from '../repo/program.ts';
import { readRepo, repoFromTexts } from '../repo/read.ts';
import { takeTurn } from '../repo/turn.ts';
import { openCrew } from './crew.ts';
import type { Reader, Reading } from './reading.ts';
import { type Signing, signerOf } from './signing.ts';

/** Reads the checkout that lies in a folder, as `readModel` has it. */
export async function readCheckout(
  root: string,
  place: Reader,
  config: Signing | null,
): Promise<Reading> {
  const { emit, cache: folder, roots, threads } = place;
  const found = await readRepo(root, { emit, roots });
  const about = { root, ...found, config, emit, threads };
  if (folder === undefined) return derived(about);
  const open = () => openCache(folder, root, found);
  const reading = (cache: StoredCache) => derived({ ...about, cache });
  const known = await open();
  if (known.current) return reading(known);
  let kept = known;
  {
    await using _turn = await takeTurn(folder, root, { ...place, onWait: () => emit(WAITING) });
    if (await known.isOutdated()) kept = await open();
    if (!kept.current) return await reading(kept);
  }
  return reading(kept);
}

const WAITING = {
  kind: 'note',
  note: 'Another process reads this checkout; waiting for it.',
} as const;

interface Deriving extends Pick<Reading, 'root' | 'repo' | 'files'> {
  readonly config: Signing | null;
  readonly emit: Emit;
  readonly threads: number | undefined;
  readonly cache?: StoredCache;
}

async function derived(about: Deriving): Promise<Reading> {
  const { root, repo, files, config, emit, threads = 1, cache } = about;
  const program = openProgram(repo, files, cache?.imports);
  const crew = openCrew({ repo, files, threads, emit });
  const model = analyze(program, { emit, cache, crew });
  await cache?.save().catch((error) => emit({ kind: 'note', note: notKept(error) }));
  return { root, repo, files, program, model: config ? handed(model, config) : model };
}

function notKept(error: unknown): string {
  return `What was read could not be kept for the next time: ${error instanceof Error ? error.message : error}`;
}

/** A model that says whose people are signed in without the app's routes. */
function handed(model: Model, config: Signing): Model {
  const apps = model.apps.map((app) => ({
    ...app,
    auth: app.auth && { ...app.auth, handed: signerOf(app, config) !== null },
  }));
  return { ...model, apps };
}

/** Reads source files that were given, by path; nothing is written, and nothing of them is executed. */
export function readTexts(
  texts: ReadonlyMap<string, string>,
  emit: Emit,
): Pick<Reading, 'model' | 'program'> {
  const { repo, files } = repoFromTexts(texts, 'posted');
  const program = openProgram(repo, files);
  return { program, model: analyze(program, { emit }) };
}
