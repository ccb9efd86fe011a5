import type { InputPart } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { arrayOf } from '../trace/composites.ts';
import type { Machine } from '../trace/machine.ts';
import { stringOf, UNDEFINED, type Value } from '../trace/values.ts';
import { chainOf } from './express-validator/chain.ts';
import { chainsOf } from './express-validator/described.ts';
import { matched, resultOf } from './express-validator/result.ts';

const PARTS: Readonly<Record<string, InputPart>> = {
  body: 'body',
  query: 'query',
  param: 'params',
  cookie: 'cookies',
  header: 'headers',
};

/** express-validator: chains that are middleware, and what they found. */
export const expressValidator = {
  name: 'express-validator',
  from: /^express-validator(\/|$)/,
  call: (machine, { name, args, node, made }) => {
    const fn = name.split('.').at(-1) ?? name;
    if (made) return undefined;
    if (fn === 'validationResult') return resultOf(machine);
    if (fn === 'matchedData') return matched(machine, args[1]);
    if (fn === 'checkSchema')
      return chainsOf(machine, { schema: args[0], otherwise: partOf(machine) }, node);
    const from = PARTS[fn] ?? (fn === 'check' ? partOf(machine) : undefined);
    return from && chains(machine, { from, fields: args[0] ?? UNDEFINED, node });
  },
} satisfies LibraryReader;

/** Where `check` finds a field: it looks everywhere. */
function partOf({ endpoint }: Machine): InputPart {
  return /^(GET|HEAD|DELETE)$/.test(endpoint.method) ? 'query' : 'body';
}

function chains(
  machine: Machine,
  { from, fields, node }: { from: InputPart; fields: Value; node: ts.Node },
): Value | undefined {
  const field = stringOf(fields);
  if (field !== undefined) return chainOf(machine, { from, field, rules: [], node });
  if (fields.kind !== 'array') return undefined;
  const names = fields.items.value.flatMap(({ value }) => stringOf(value) ?? []);
  const made = names.map((each) => ({
    value: chainOf(machine, { from, field: each, rules: [], node }),
    when: null,
  }));
  return made.length > 0 ? arrayOf(made) : undefined;
}
