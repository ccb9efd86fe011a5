import type { LibraryReader } from '../reader.ts';
import { UNDEFINED } from '../trace/values.ts';
import { failure, matching, success } from './result.ts';

/** oxide.ts: Rust's `Result` and `Option`; of an option that is none nothing is left. */
export const oxide = {
  name: 'oxide.ts',
  from: /^oxide\.ts$/,
  call: (machine, { name, args, node }) => {
    const [first = UNDEFINED] = args;
    switch (name) {
      case 'Ok':
      case 'Some':
        return success(machine, first);
      case 'Err':
        return failure(machine, first);
      case 'match':
        return matching(first, args[1], { machine, node });
      default:
        return undefined;
    }
  },
  constant: (machine, name) => (name === 'None' ? failure(machine, UNDEFINED) : undefined),
} satisfies LibraryReader;
