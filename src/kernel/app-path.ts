/** The address of a path at an app's own address; null for anything that leads elsewhere. */
export function addressAt(path: string, url: string): URL | null {
  const target = /^\/(?![/\\])/.test(path) ? URL.parse(path, url) : null;
  return target?.origin === new URL(url).origin ? target : null;
}
