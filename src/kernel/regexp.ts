/** A pattern that an analysed app writes; null where it is none. */
export function regexpOf(source: string, flags = ''): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}
