import type { Isolation } from '../config/config.ts';
import type { Database, Driver, Residue } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';

/** What may be left behind: a database or journal on the server, a branch or container elsewhere. */
export type Made = 'database' | 'journal' | 'branch' | 'container';

/** Told of everything before it is made, and after it is gone; the ledger satisfies it. */
export interface Ledger {
  record(kind: Made, name: string): Promise<void>;
  strike(kind: Made, name: string): Promise<void>;
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

/** A given database could not be brought back to what it was. */
export function residueLeft(residue: readonly Residue[]): StatewrightError {
  const tables = residue.map(({ table, rows }) => `${table} (${rows})`).join(', ');
  return new StatewrightError('branch.residue', `Rows differ from before in: ${tables}.`, {
    hint: 'Look at those tables: a trigger that always fires, or somebody else, wrote to them.',
    facts: { tables: residue.map(({ table }) => table) },
  });
}
