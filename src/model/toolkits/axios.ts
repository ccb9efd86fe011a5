import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { isBroughtAbout } from '../trace/errors.ts';
import { isInstance } from '../trace/instance-of.ts';
import { textOf } from '../trace/source.ts';
import { choose } from '../trace/terms.ts';
import { UNDEFINED, unknown, type Value } from '../trace/values.ts';

/** axios: its errors are told apart from the app's own and the language's. */
export const axios = {
  name: 'axios',
  from: /^axios$/,
  call: (_, { name, args: [error = UNDEFINED], node }) =>
    name.split('.').at(-1) === 'isAxiosError' ? isOfAxios(error, node) : undefined,
} satisfies LibraryReader;

/** What a third party fails with may be an error of the client it was asked with. */
function isOfAxios(error: Value, node: ts.Node): Value {
  if (error.kind === 'choice')
    return choose(error.when, isOfAxios(error.yes, node), isOfAxios(error.no, node));
  return isBroughtAbout(error) ? unknown(textOf(node)) : isInstance(error, 'AxiosError', node);
}
