import type { LibraryReader } from '../reader.ts';
import { stringOf, UNDEFINED } from '../trace/values.ts';
import { sessionOf } from './session.ts';

/** iron-session: the session is its cookie's content, sealed with a password. */
export const ironSession = {
  name: 'iron-session',
  from: /^iron-session(\/|$)/,
  call: (machine, { name, args, node, made }) => {
    if (made || !/getIronSession$/.test(name)) return undefined;
    const options = args.at(-1) ?? UNDEFINED;
    const option = (key: string) => machine.get(options, key, node);
    const cookie = stringOf(option('cookieName'));
    if (cookie === undefined) return undefined;
    const secret = option('password');
    return sessionOf(machine, { cookie, sealed: { kind: 'iron-session', secret } }, node);
  },
} satisfies LibraryReader;
