import { resolve } from 'node:path';
import type { Model } from '../model/model.ts';
import type { Files, Program, Repo } from '../repo/repo.ts';
import { killable, type Place } from './place.ts';
import type { Signing } from './signing.ts';

/** A checkout read into a model, with the texts its evidence points into. */
export interface Reading {
  readonly root: string;
  readonly repo: Repo;
  readonly files: Files;
  readonly program: Program;
  readonly model: Model;
}

/** What reading a checkout takes of its place. */
export type Reader = Pick<Place, 'emit' | 'cache'> &
  Partial<Pick<Place, 'signal' | 'killable' | 'roots' | 'threads'>>;

/**
 * Reads a checkout and derives its model; executes nothing of it. `config` says what it does itself. What was kept in
 * the place's `cache` of an earlier reading is not derived again, nor what another process is at just now: that is
 * waited for. The parser and all readers are loaded now: no command waits for them that reads nothing.
 */
export function readModel(
  path: string,
  place: Reader,
  config: Signing | null = null,
): Promise<Reading> {
  return killable(place, async () => {
    const { readCheckout } = await import('./read-checkout.ts');
    return readCheckout(resolve(path), place, config);
  });
}
