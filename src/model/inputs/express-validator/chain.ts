import type { InputPart } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { JsonSchema } from '../../reader.ts';
import { declareProperty } from '../../trace/declare.ts';
import { all, atom, type Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { set } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { object, truthValue } from '../../trace/terms.ts';
import { settled } from '../../trace/tries.ts';
import { input, literal, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { resultOf } from './result.ts';
import { FOUND, type Rule, schemaOf } from './rules.ts';

export interface Field {
  readonly from: InputPart;
  /** The field's dotted path. */
  readonly field: string;
}

/** `body('email').isEmail().isLength({ max: 80 })`, as far as it is written. */
export interface Chain {
  readonly fields: readonly Field[];
  readonly rules: readonly Rule[];
  readonly node: ts.Node;
}

/** A chain: every method of it adds a rule, and as a middleware it checks its fields and hands on. */
export function chainOf(machine: Machine, chain: Chain): Special {
  const more = (name: string, args: readonly Value[]): Value =>
    chainOf(machine, { ...chain, rules: [...chain.rules, { name, args }] });
  return {
    kind: 'special',
    name: 'ValidationChain',
    invoke: (name, args, at) => {
      if (name !== 'run') return more(name, args);
      for (const field of chain.fields) checked(machine, { ...chain, ...field }, at);
      return resultOf(machine);
    },
    call: ([, , next], at) => {
      for (const field of chain.fields) checked(machine, { ...chain, ...field }, at);
      return next ? machine.call(next, [], at) : UNDEFINED;
    },
  };
}

/** Declares what a field must be like, and keeps under its name when it is. */
function checked(machine: Machine, { from, field, rules, node }: Chain & Field, at: ts.Node): void {
  const path = field.split('.');
  const { schema, required } = schemaOf(rules);
  const [name = '', ...deeper] = path;
  if (!path.includes('*')) {
    declareProperty(machine, { from, name, required }, nested(deeper, { schema, required }));
  }
  const about = { at: placeAt(node), from, path: path.filter((each) => each !== '*') };
  const valid = atom({ kind: 'input', is: 'valid', ...about });
  const value = input(from, about.path, schema);
  const own = rules.filter((rule) => rule.name === 'custom').map((rule) => rule.args[0]);
  const passes = own.map((rule) => (rule ? accepts(machine, { rule, value }, at) : all([])));
  const kept = truthValue(all([valid, ...passes]));
  set(machine, machine.variables, new Map([...machine.variables.value, [key(from, field), kept]]));
}

const key = (from: InputPart, field: string) => `${FOUND}${from}:${field}`;

function nested(
  [name, ...rest]: readonly string[],
  { schema, required }: { readonly schema: JsonSchema; readonly required: boolean },
): JsonSchema {
  if (name === undefined) return schema;
  const inner = nested(rest, { schema, required });
  return { type: 'object', properties: { [name]: inner }, required: required ? [name] : [] };
}

/** `custom(value => …)`: what it throws, or gives back as false, refuses. */
function accepts(
  machine: Machine,
  { rule, value }: { readonly rule: Value; readonly value: Value },
  at: ts.Node,
): Formula {
  const request = UNDEFINED;
  const given = settled(machine, {
    promise: () => {
      const said = machine.settle(machine.call(rule, [value, object([['req', request]])], at), at);
      return said.kind === 'undefined' || said.kind === 'unknown' ? literal(true) : said;
    },
    handler: () => literal(false),
  });
  return machine.truth(given, at);
}
