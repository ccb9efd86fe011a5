import type { LibraryReader } from '../../reader.ts';
import { calledUnheard } from '../../trace/rejections.ts';
import { native, UNDEFINED, unknown } from '../../trace/values.ts';
import { keep } from '../request-parts.ts';

/** What they put on a request: the language that it asks for, and what translates into it. */
const PUT = ['t', 'i18n', 'language', 'languages', 'lng', 'locale', 'locales'];

/** Middleware of packages that translate: it lets every request pass, and puts on it what is known by name alone. */
export const translating = {
  name: 'express translation',
  from: /^i18next-(http|express)-middleware$/,
  call: (machine, { made, name }) => {
    if (made || !name.endsWith('handle')) return undefined;
    return native('middleware', ([, , next], node) => {
      for (const each of PUT) keep(machine, `req.${each}`, unknown(`req.${each}`));
      return next ? calledUnheard(machine, next, { args: [], node }) : UNDEFINED;
    });
  },
} satisfies LibraryReader;
