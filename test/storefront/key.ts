// The key, and what the areas say about it.
//
// An entry is one route, status, code and deciding condition. A lookup of a row that the request
// names (an id, a slug, a token) is an entry for each column that can make it fail: there is no such
// row, it is somebody else's, it is deleted. A lookup of whatever fits (the default address, earlier
// orders) is one entry. Successes are told apart by status, by another answer in the code or by a
// literal flag in it, not by computed values. What a client page shows is a set of independent parts,
// so several of its entries can be on the screen at once.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { APP_DIR } from './harness.ts';
import type { Outcome, World } from './world.ts';

export interface Ending {
  route: string;
  status: number;
  code: string | null;
  text: string[];
  condition: string;
  decidedBy: 'data' | 'input' | 'actor' | 'environment' | 'success' | 'external';
  tables: string[];
  columns: string[];
  feasible: boolean;
  why: string | null;
}

const read = (file: string) => JSON.parse(readFileSync(path.join(APP_DIR, file), 'utf8'));

export const KEY: Ending[] = read('endings.json').endings;
export const UNCOVERED: { file: string; side: string; code: string; reason: string }[] =
  read('uncovered.json').sides;

export interface Confirmation {
  route: string;
  status: number;
  code: string | null;
  /** Part of the entry's condition, where status and code alone do not tell. */
  condition: string | undefined;
  browser: boolean;
  run: (world: World) => Promise<Outcome>;
}

export const confirmations: Confirmation[] = [];

/** Requests that confirm no entry of their own, made for the branches they take. */
export const visits: Visit[] = [];
interface Visit {
  route: string;
  name: string;
  /** The request makes the database refuse a value, which the app does not expect: a 500. */
  crash: boolean;
  run: (world: World) => Promise<Outcome>;
}

export function entriesOf({ route, status, code, condition }: Confirmation): Ending[] {
  return KEY.filter(
    (entry) =>
      entry.feasible &&
      entry.route === route &&
      entry.status === status &&
      entry.code === code &&
      (condition === undefined || entry.condition.includes(condition)),
  );
}

type Run = Confirmation['run'];

export function on(route: string, { browser = false } = {}) {
  return (status: number, code: string | null, run: Run, condition?: string) => {
    confirmations.push({ route, status, code, condition, browser, run });
  };
}

export function visit(route: string, name: string, run: Run) {
  visits.push({ route, name, crash: false, run });
}

export function crash(route: string, name: string, run: Run) {
  visits.push({ route, name, crash: true, run });
}
