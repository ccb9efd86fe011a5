/** A list with each element in place of what it was; the same list where none changed. */
export function mapped<T>(list: readonly T[], change: (each: T) => T): readonly T[] {
  let after: T[] | undefined;
  for (const [index, each] of list.entries()) {
    const said = change(each);
    if (said === each) continue;
    after ??= [...list];
    after[index] = said;
  }
  return after ?? list;
}
