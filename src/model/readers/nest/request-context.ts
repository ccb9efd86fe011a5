import type { LibraryReader } from '../../reader.ts';
import { requestOf } from './request.ts';
import { responseOf } from './response.ts';

/** nestjs-request-context: the request and its response wherever code asks for them. */
export const nestRequestContext = {
  name: 'nestjs-request-context',
  from: /^nestjs-request-context$/,
  constant: (machine, name) =>
    /\bRequestContext\.currentContext$/.test(name)
      ? {
          kind: 'special',
          name,
          get: (part) => {
            if (part === 'req') return requestOf(machine);
            return part === 'res' ? responseOf(machine) : undefined;
          },
        }
      : undefined,
} satisfies LibraryReader;
