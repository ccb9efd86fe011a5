import type { Finding } from '../kernel/finding.ts';
import type { Looked } from '../repo/repo.ts';
import type { Found } from './endpoints.ts';

/** Threads that follow endpoints beside the one that reads the app. */
export interface Crew {
  /** How long an app is followed alone, in milliseconds: what others need to begin is not worth it for less. */
  readonly afterMs: number;
  /** Has others follow endpoints of the app at `root` too: of those at these places in its list, each whoever is free. */
  share(root: string, places: readonly number[]): Share;
}

export interface Share {
  /** The place of an endpoint that nobody has begun with; undefined where none is left. */
  next(): number | undefined;
  /** What others have found since this was last asked. */
  arrived(): readonly Helped[];
  /** Stops the others, whatever they are at. */
  end(): void;
}

/** What another thread found of an endpoint. */
export interface Helped {
  readonly place: number;
  readonly id: string;
  readonly found: Found;
  /** What it came of. */
  readonly looked: Looked;
  /** What the app's readers have looked at in that thread, and found wrong there; null where that was said before. */
  readonly ground: { readonly looked: Looked; readonly findings: readonly Finding[] } | null;
}
