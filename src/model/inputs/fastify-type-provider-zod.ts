import type { LibraryReader } from '../reader.ts';
import { truthValue } from '../trace/terms.ts';
import { isThere } from '../trace/truth.ts';
import { literal, UNDEFINED } from '../trace/values.ts';

/** fastify-type-provider-zod: what it says of the errors that reach an error handler. */
export const fastifyTypeProviderZod = {
  name: 'fastify-type-provider-zod',
  from: /^fastify-type-provider-zod$/,
  call: (machine, { name, args: [error = UNDEFINED], node }) => {
    switch (name.split('.').at(-1)) {
      case 'hasZodFastifySchemaValidationErrors':
        return truthValue(isThere(machine.get(error, 'validation', node), node));
      // What an app answers is not held against its schema: no such error is followed.
      case 'isResponseSerializationError':
        return literal(false);
      default:
        return undefined;
    }
  },
} satisfies LibraryReader;
