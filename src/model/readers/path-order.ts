/** Fixed segments answer before parameters, parameters before what takes any rest. */
export function byPrecision(a: { readonly path: string }, b: { readonly path: string }): number {
  const rank = (path: string) => path.replace(/:[^/]*/g, '\uFFFE').replace(/\*[^/]*/g, '\uFFFF');
  return rank(a.path) < rank(b.path) ? -1 : rank(a.path) > rank(b.path) ? 1 : 0;
}
