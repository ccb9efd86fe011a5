import type { LibraryReader } from '../reader.ts';
import { UNDEFINED } from '../trace/values.ts';
import { failure, matching, success } from './result.ts';

/** true-myth: results and values that may be missing, asked by getters. */
export const trueMyth = {
  name: 'true-myth',
  from: /^true-myth(\/|$)/,
  call: (machine, { name, args, node }) => {
    const [first = UNDEFINED] = args;
    switch (name.split('.').at(-1) ?? name) {
      case 'ok':
      case 'just':
        return success(machine, first);
      case 'err':
        return failure(machine, first);
      case 'nothing':
        return failure(machine, UNDEFINED);
      case 'match':
        return args[1] && matching(args[1], first, { machine, node });
      default:
        return undefined;
    }
  },
} satisfies LibraryReader;
