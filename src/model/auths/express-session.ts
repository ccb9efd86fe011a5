import type { LibraryReader } from '../reader.ts';
import { native, stringOf, UNDEFINED } from '../trace/values.ts';
import { sessionOf } from './session.ts';

/** express-session and cookie-session: a middleware that puts the session on the request. */
export const expressSession = {
  name: 'express-session',
  from: /^(express-session|cookie-session)$/,
  call: (machine, { name, args, node, made }) => {
    if (made || !/^(default|session)$/.test(name)) return undefined;
    const option = args[0] ? machine.get(args[0], 'name', node) : UNDEFINED;
    const cookie = stringOf(option) ?? 'connect.sid';
    return native('session', ([request, , next = UNDEFINED], at) => {
      if (request?.kind === 'special') {
        request.set?.('session', sessionOf(machine, { cookie }, node));
      }
      return machine.call(next, [], at);
    });
  },
} satisfies LibraryReader;
