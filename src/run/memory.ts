import type { Database } from '../db/db.ts';
import { digest } from '../kernel/digest.ts';
import type { State } from '../state/state.ts';
import type { Credentials } from './run.ts';

/**
 * What set-ups on one database have had the app do, so that the next one that begins with the very same
 * steps need not ask it again: the rows come back as the app made them, with the credentials it gave.
 */
export interface Memory {
  readonly steps: Map<string, Brought>;
  /** How often it has stood in for the app. */
  recalls: number;
}

/** What is known after some steps, and since when. */
export interface Brought {
  readonly rows: ReadonlyMap<string, Record<string, unknown>>;
  readonly personas: Readonly<Record<string, Credentials>>;
  readonly at: number;
}

/** Planned moments keep 60 s from where they would tip over: what is older than this is made anew. */
const FRESH_MS = 20_000;

export function openMemory(): Memory {
  return { steps: new Map(), recalls: 0 };
}

interface Recalling {
  readonly memory: Memory;
  readonly database: Pick<Database, 'capture' | 'replay'>;
}

/** Brings the longest remembered beginning of a state about; null where none is fresh, or something was written before. */
export async function recall(
  state: State,
  { memory, database }: Recalling,
): Promise<(Brought & { readonly done: number }) | null> {
  for (const done of endsOfCalls(state)) {
    const key = keyOf(state, done);
    const brought = memory.steps.get(key);
    if (!brought || performance.now() - brought.at > FRESH_MS) continue;
    if (!(await database.replay(key))) return null;
    memory.recalls += 1;
    return { ...brought, done };
  }
  return null;
}

/** Keeps what the first `done` steps of a state have brought about, the last of them a call. */
export async function remember(
  { state, done, ...brought }: Brought & { readonly state: State; readonly done: number },
  { memory, database }: Recalling,
): Promise<void> {
  const key = keyOf(state, done);
  if (!(await database.capture(key))) return;
  const { rows, personas, at } = brought;
  memory.steps.set(key, { rows: new Map(rows), personas: { ...personas }, at });
}

/** Where calls end, as numbers of steps, the last first. */
function endsOfCalls({ steps }: State): number[] {
  return steps.flatMap((step, index) => (step.kind === 'call' ? [index + 1] : [])).reverse();
}

function keyOf({ seed, steps }: State, done: number): string {
  return digest([seed, steps.slice(0, done)]);
}
