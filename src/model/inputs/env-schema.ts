import type { LibraryReader } from '../reader.ts';
import { globalValue } from '../trace/globals.ts';
import { settings } from '../trace/settings.ts';
import { UNDEFINED } from '../trace/values.ts';

/** env-schema: the variables of the process through one schema, where its `data` names no others. */
export const envSchema = {
  name: 'env-schema',
  from: /^env-schema$/,
  call(machine, { name, args: [options = UNDEFINED], node }) {
    if (!/^(default|envSchema|\*)$/.test(name)) return undefined;
    const env = machine.get(globalValue(machine, 'process') ?? UNDEFINED, 'env', node);
    const schema = machine.get(options, 'schema', node);
    return env.kind === 'special' && schema.kind === 'schema'
      ? settings(machine, env, schema)
      : env;
  },
} satisfies LibraryReader;
