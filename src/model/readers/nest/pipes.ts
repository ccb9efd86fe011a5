import type { InputPart } from '../../../condition/condition.ts';
import type { JsonSchema } from '../../reader.ts';
import { declareProperty } from '../../trace/declare.ts';
import { atom, type Formula, some } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch, branchValue } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { object, truthValue } from '../../trace/terms.ts';
import { compareValues } from '../../trace/truth.ts';
import {
  literal,
  literalOf,
  type Special,
  schemaType,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { refusal } from './exceptions.ts';
import { type Metadata, optionOf, type Piped } from './piped.ts';
import { validated } from './validation.ts';
import { zodValidated } from './zod.ts';

/** The metadata of the value that runs through the pipes, for what their classes inherit. */
const running = new WeakMap<Machine, Metadata[]>();

/** A value through pipes, in order. */
export function piped(
  machine: Machine,
  { value, pipes, metadata }: Piped & { pipes: readonly Value[] },
): Value {
  const stack = running.get(machine) ?? [];
  running.set(machine, stack);
  stack.push(metadata);
  let at = value;
  for (const pipe of pipes) {
    if (machine.path.dead) break;
    at = through(machine, pipe, { value: at, metadata });
  }
  stack.pop();
  return at;
}

function through(machine: Machine, pipe: Value, { value, metadata }: Piped): Value {
  if (pipe.kind !== 'instance' && pipe.kind !== 'special') return value;
  const about = object([
    ['type', literal(KINDS[metadata.from ?? ''] ?? 'custom')],
    ['data', metadata.name === undefined ? UNDEFINED : literal(metadata.name)],
  ]);
  const { node } = metadata;
  const call = { name: 'transform', args: [value, about] };
  return machine.settle(machine.invoke(pipe, call, node), node);
}

const KINDS: Readonly<Record<string, string>> = { body: 'body', query: 'query', params: 'param' };

/** A pipe of Nest's own, made with options; undefined for other names. */
export function ownPipe(
  machine: Machine,
  name: string,
  args: readonly Value[],
): Special | undefined {
  const work = PIPES[name];
  if (!work) return undefined;
  return {
    kind: 'special',
    name,
    invoke: (method, [value = UNDEFINED]) => {
      const metadata = running.get(machine)?.at(-1);
      if (method !== 'transform' || !metadata) return undefined;
      return work(machine, { value, metadata }, args);
    },
  };
}

type Work = (machine: Machine, piped: Piped, args: readonly Value[]) => Value;

const parsing =
  (schema: JsonSchema | ((args: readonly Value[]) => JsonSchema), expected: string): Work =>
  (machine, of, args) => {
    const wanted = typeof schema === 'function' ? schema(args) : schema;
    return parsed(machine, of, { schema: wanted, expected, options: args.at(-1) ?? UNDEFINED });
  };

const PIPES: Readonly<Record<string, Work>> = {
  ValidationPipe: (machine, of, [options = UNDEFINED]) => validated(machine, of, options),
  ZodValidationPipe: (machine, of, [given]) => zodValidated(machine, of, { given }),
  createZodValidationPipe: (machine, of, [options]) => zodValidated(machine, of, { options }),
  ParseIntPipe: parsing({ type: 'integer', 'x-coerce': true }, 'numeric string'),
  ParseFloatPipe: parsing({ type: 'number', 'x-coerce': true }, 'numeric string'),
  ParseUUIDPipe: parsing({ type: 'string', format: 'uuid' }, 'uuid'),
  ParseDatePipe: parsing({ type: 'string', format: 'date-time' }, 'date'),
  ParseEnumPipe: parsing((args) => ({ enum: wordsOf(args[0]) }), 'enum string'),
  ParseBoolPipe: (machine, of, args) => {
    const schema = { type: 'string', enum: ['true', 'false'] };
    const options = args.at(-1) ?? UNDEFINED;
    const text = parsed(machine, of, { schema, expected: 'boolean string', options });
    const { node } = of.metadata;
    return truthValue(compareValues({ left: text, op: '=', right: literal('true') }, node));
  },
  DefaultValuePipe: (machine, { value, metadata }, [otherwise = UNDEFINED]) => {
    if (value.kind !== 'term' || value.term.kind !== 'input') return value;
    const { from, path } = value.term;
    const [name] = path;
    const said = literalOf(otherwise);
    if (name !== undefined && said !== undefined)
      declareProperty(machine, { from, name, required: false }, { default: said });
    const at = placeAt(metadata.node);
    const missing = atom({ kind: 'input', is: 'missing', at, from, path: [...path] });
    return branchValue(machine, missing, { yes: () => otherwise, no: () => value });
  },
};

function wordsOf(value: Value | undefined): unknown[] {
  return value?.kind === 'object' ? [...value.fields.value.values()].map(literalOf) : [];
}

interface Parse {
  readonly schema: JsonSchema;
  readonly expected: string;
  readonly options: Value;
}

/** What a request carries as a parsed value; refused where it is none. */
function parsed(machine: Machine, { value, metadata }: Piped, parse: Parse): Value {
  if (value.kind === 'choice')
    return branchValue(machine, value.when, {
      yes: () => parsed(machine, { value: value.yes, metadata }, parse),
      no: () => parsed(machine, { value: value.no, metadata }, parse),
    });
  if (value.kind !== 'term' || value.term.kind !== 'input') return value;
  const { from, path } = value.term;
  const [name] = path;
  const optional = literalOf(optionOf(parse.options, 'optional')) === true;
  const filled = hasDefault(machine, value.term);
  if (name !== undefined)
    declareProperty(machine, { from, name, required: !optional && !filled }, parse.schema);
  const about = { at: placeAt(metadata.node), from, path: [...path] };
  const valid: Formula = atom({ kind: 'input', is: 'valid', ...about });
  const absent: Formula = atom({ kind: 'input', is: 'missing', ...about });
  branch(machine, optional ? some([absent, valid]) : valid, {
    yes: () => undefined,
    no: () => {
      const status = literalOf(optionOf(parse.options, 'errorHttpStatusCode'));
      const message = literal(`Validation failed (${parse.expected} is expected)`);
      const factory = optionOf(parse.options, 'exceptionFactory');
      const error =
        factory.kind === 'closure'
          ? machine.call(factory, [message], metadata.node)
          : refusal(typeof status === 'number' ? status : 400, message);
      machine.throwValue(error, metadata.node);
    },
  });
  return { ...value, type: schemaType(parse.schema) };
}

function hasDefault(
  machine: Machine,
  { from, path }: { from: InputPart; path: readonly string[] },
) {
  const properties = machine.inputs.get(from)?.['properties'];
  const own = (properties as { [key: string]: { default?: unknown } } | undefined)?.[path[0] ?? ''];
  return own?.default !== undefined;
}
