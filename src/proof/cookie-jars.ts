import type { Credentials } from '../run/run.ts';

/** What clients keep between the requests of one plan: each persona, and nobody, has a jar. */
export function cookieJars() {
  const jars = new Map<string | null, Record<string, string>>();
  return {
    /** The credentials with the cookies that answers have set, or without those they took away. */
    open(persona: string | null, credentials: Credentials): Credentials {
      const all = Object.entries({ ...credentials.cookies, ...jars.get(persona) });
      return {
        ...credentials,
        cookies: Object.fromEntries(all.filter(([, value]) => value !== '')),
      };
    },
    keep(persona: string | null, cookies: Readonly<Record<string, string>>): void {
      jars.set(persona, { ...jars.get(persona), ...cookies });
    },
  };
}
