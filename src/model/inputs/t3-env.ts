import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { globalValue } from '../trace/globals.ts';
import type { Machine } from '../trace/machine.ts';
import { setting } from '../trace/settings.ts';
import { UNDEFINED, type Value } from '../trace/values.ts';

/** T3's environment: each variable through a schema of its own. */
export const t3Env = {
  name: 't3-env',
  from: /^@t3-oss\/env-/,
  call: (machine, { name, args: [options = UNDEFINED], node }) =>
    name === 'createEnv' ? environment(machine, options, node) : undefined,
} satisfies LibraryReader;

const PARTS = ['server', 'client', 'shared'];
/** Where it says what to read: all of them, or those a bundler has to see written out. */
const SOURCES = ['runtimeEnv', 'runtimeEnvStrict', 'experimental__runtimeEnv'];

function environment(machine: Machine, options: Value, node: ts.Node): Value {
  const parts = PARTS.map((name) => machine.get(options, name, node));
  const sources = SOURCES.map((name) => machine.get(options, name, node));
  const all = machine.get(globalValue(machine, 'process') ?? UNDEFINED, 'env', node);
  return {
    kind: 'special',
    name: 'env',
    get: (name, at) => {
      const written = sources.map((source) => fieldOf(source, name)).find((each) => each);
      const value = written ?? machine.get(all, name, at);
      const schema = parts.map((part) => fieldOf(part, name)).find((each) => each);
      return schema?.kind === 'schema' ? setting(machine, value, schema) : value;
    },
  };
}

function fieldOf(value: Value, name: string): Value | undefined {
  return value.kind === 'object' ? value.fields.value.get(name) : undefined;
}
