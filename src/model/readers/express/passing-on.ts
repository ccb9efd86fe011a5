import type { LibraryReader } from '../../reader.ts';
import { calledUnheard } from '../../trace/rejections.ts';
import { native, UNDEFINED } from '../../trace/values.ts';

/**
 * Middleware of packages that let every request pass, and put nothing on it but what is read as such anyway (cookies, a
 * session, a log): a request carries no more after it than before.
 */
export const passingOn = {
  name: 'express middleware',
  from: /^(helmet|compression|morgan|cookie-parser|cookie-session|response-time|serve-favicon|hpp|express-winston|pino-http|express-pino-logger)$/,
  call: (machine, { made, args: [, , called] }) => {
    // A call with `next` is the middleware itself.
    if (made || called) return undefined;
    return native('middleware', ([, , next], node) =>
      next ? calledUnheard(machine, next, { args: [], node }) : UNDEFINED,
    );
  },
} satisfies LibraryReader;
