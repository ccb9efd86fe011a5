import type { Database, Driver } from '../db/db.ts';

/**
 * Where isolated databases come from: `clone` (of a template on a server), `own` (the one database of
 * a given URL).
 */
export type Isolation = 'clone' | 'own';

/** Told of every database before it is made, and after it is gone; the ledger satisfies it. */
export interface Ledger {
  record(kind: 'database' | 'journal', name: string): Promise<void>;
  strike(kind: 'database' | 'journal', name: string): Promise<void>;
}

/** A database that is its taker's alone until it is given back or closed. */
export interface Branch extends Database {
  /**
   * Returns it: brought back to what it was when taken and handed out again if that can be had
   * exactly, else dropped. Closing always drops it.
   */
  giveBack(): Promise<void>;
}

/** A source of isolated databases. Closing it drops all it made that still stand, taken ones too. */
export interface Branches extends AsyncDisposable {
  readonly isolation: Isolation;
  take(): Promise<Branch>;
  close(): Promise<void>;
}

/** How the database that is cloned comes about. */
export interface TemplateSource {
  /** Whatever the content depends on (migration files, the command that runs them): same, same template. */
  readonly key: unknown;
  /** Brings an empty database to the application's schema. */
  readonly build: (url: string) => Promise<void>;
}

export interface CloneOptions {
  /** The maintenance database of the server. */
  readonly url: string;
  readonly template: TemplateSource;
  readonly driver: Driver;
  readonly ledger: Ledger;
  /** How many takers there will be; one clone more is kept ready. */
  readonly workers: number;
  /** How many clones may stand on the server, all processes counted. 64 when absent. */
  readonly limit?: number;
  /** Done to each clone before it is handed out (the stamp that enrols it). */
  readonly prepare?: (database: Database) => Promise<void>;
}

/**
 * Which isolation fits: clones wherever the server is ours (embedded) or the user asks for them, else
 * the given database itself.
 */
export function chooseIsolation(about: {
  /** The database the user named, null for the embedded server. */
  readonly url: string | null;
  readonly asked?: Isolation;
}): Isolation {
  return about.asked ?? (about.url === null ? 'clone' : 'own');
}
