import type { InputPart } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
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
    const from = fn === 'check' ? partOf(machine) : () => PARTS[fn];
    return chains(machine, { from, fields: args[0] ?? UNDEFINED, node });
  },
} satisfies LibraryReader;

/** Where `check` finds a field: it looks everywhere. */
function partOf({ endpoint: { method, path } }: Machine): (field: string) => InputPart {
  const named = new Set([...path.matchAll(/[:*](\w+)/g)].map(([, name]) => name));
  const other = /^(GET|HEAD|DELETE)$/.test(method) ? 'query' : 'body';
  return (field) => (named.has(field) ? 'params' : other);
}

function chains(
  machine: Machine,
  {
    from,
    fields,
    node,
  }: { from: (field: string) => InputPart | undefined; fields: Value; node: ts.Node },
): Value | undefined {
  const many = fields.kind === 'array' ? fields.items.value.map(({ value }) => value) : [fields];
  const named = many.flatMap((each) => {
    const field = stringOf(each);
    if (field === undefined) return [];
    const part = from(field);
    return part ? [{ from: part, field }] : [];
  });
  return named.length > 0 ? chainOf(machine, { fields: named, rules: [], node }) : undefined;
}
