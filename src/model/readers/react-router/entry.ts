/** A route module with those inside it, as an app's routes say. */
export interface Entry {
  /** What code calls it by: its file without the ending, unless something else is said. */
  readonly id: string;
  /** A path of the repo. */
  readonly file: string;
  /** Relative to the routes around it; null for one that adds nothing. */
  readonly path: string | null;
  readonly index: boolean;
  readonly children: readonly Entry[];
}

/** A place in a tree that is still being built, under its parent's id. */
export interface Placed extends Omit<Entry, 'children'> {
  readonly parent: string | null;
}

/** The tree that parents' ids make. */
export function treeOf(placed: readonly Placed[], parent: string | null = null): Entry[] {
  return placed
    .filter((each) => each.parent === parent)
    .map(({ id, file, path, index }) => ({
      ...{ id, file, path, index },
      children: treeOf(placed, id),
    }));
}

/** A path without its ending. */
export function withoutEnding(path: string): string {
  return path.replace(/\.[a-z\d]+$/i, '');
}
