/** As much as is recalled of one kind, before all of it is forgotten. */
const MOST = 100_000;

/**
 * What was made of something that is told by a text, made once. What is forgotten is made anew: nothing may ask whether
 * two things are one and the same to know whether they are equal.
 */
export function recalling<T extends object>(): (text: string, make: () => T) => T {
  const made = new Map<string, T>();
  return (text, make) => {
    const before = made.get(text);
    if (before) return before;
    const now = make();
    if (made.size >= MOST) made.clear();
    made.set(text, now);
    return now;
  };
}
