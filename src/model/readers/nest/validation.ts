import type { Condition, Term } from '../../../condition/condition.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { JsonSchema } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { arrayOf } from '../../trace/composites.ts';
import { declareProperty, declareWhole } from '../../trace/declare.ts';
import { bringAbout, mayThrow } from '../../trace/errors.ts';
import { all, atom, type Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import { literalOf, schemaType, unknown, type Value } from '../../trace/values.ts';
import { refusal } from './exceptions.ts';
import { optionOf, type Piped } from './piped.ts';

type InputTerm = Term & { readonly kind: 'input' };

/** `ValidationPipe`: what a request carries is checked by the decorators of the class it is declared as. */
export function validated(machine: Machine, { value, metadata }: Piped, options: Value): Value {
  const { type, from, node } = metadata;
  if (!type || from === null) return value;
  const transforms = isOn(options, 'transform');
  const plain = primitive(type);
  if (plain) return transforms && from !== 'body' ? converted(value, plain) : value;
  const name = ts.isTypeReferenceNode(type) ? type.typeName : undefined;
  const declared =
    name && ts.isIdentifier(name)
      ? machine.deps.inputSchema(name.getSourceFile().fileName, name)
      : null;
  if (!declared || value.kind !== 'term' || value.term.kind !== 'input') return value;
  const schema = asOptions(declared, options);
  const { path } = value.term;
  const [first] = path;
  if (first === undefined) declareWhole(machine, from, schema);
  else declareProperty(machine, { from, name: first, required: true }, schema);
  if (transforms) trips(machine, value.term, { schema, node });
  const at = placeAt(node);
  const valid = atom({ kind: 'input', is: 'valid', at, from, path: [...path] });
  branch(machine, valid, {
    yes: () => undefined,
    no: () => machine.throwValue(failure(machine, options, node), node),
  });
  return { ...value, type: schemaType(schema) };
}

/** Code that transforms a property before it is checked throws at what it does not expect. */
function trips(
  machine: Machine,
  { from, path }: InputTerm,
  { schema, node }: { schema: JsonSchema; node: ts.Node },
): void {
  for (const [name, property] of Object.entries(Object(schema['properties']))) {
    const expected: unknown = Object(property)['x-trips'];
    if (expected !== 'json' && (expected !== 'text' || from !== 'body')) continue;
    const field: InputTerm = { kind: 'input', from, path: [...path, name] };
    const value = builtIn([expected === 'json' ? 'SyntaxError' : 'TypeError', 'Error'], []);
    bringAbout(value);
    const when = expected === 'json' ? noJson(field, node) : noText(field, node);
    mayThrow(machine, { when, value }, node);
  }
}

function noText(field: InputTerm, node: ts.Node): Formula {
  const left: Term = { kind: 'call', fn: 'typeof', args: [field] };
  const right: Term = { kind: 'literal', value: 'string' };
  const present: Condition = {
    kind: 'input',
    is: 'present',
    at: placeAt(node),
    from: field.from,
    path: [...field.path],
  };
  return all([
    atom(present),
    atom({ kind: 'input', is: 'compare', at: placeAt(node), left, op: '!=', right }),
  ]);
}

function noJson(field: InputTerm, node: ts.Node): Formula {
  return atom({
    kind: 'input',
    is: 'malformed',
    at: placeAt(node),
    from: field.from,
    path: [...field.path],
  });
}

function isOn(options: Value, name: string): boolean {
  return literalOf(optionOf(options, name)) === true;
}

function primitive(type: ts.TypeNode): 'string' | 'number' | 'boolean' | undefined {
  if (type.kind === ts.SyntaxKind.NumberKeyword) return 'number';
  if (type.kind === ts.SyntaxKind.BooleanKeyword) return 'boolean';
  return type.kind === ts.SyntaxKind.StringKeyword ? 'string' : undefined;
}

/** With `transform` a parameter declared as a number is one; what is none becomes NaN. */
function converted(value: Value, base: 'string' | 'number' | 'boolean'): Value {
  return value.kind === 'term' ? { ...value, type: { ...value.type, base } } : value;
}

/** What the pipe's options make of a class's schema. */
function asOptions(schema: JsonSchema, options: Value): JsonSchema {
  const closed = isOn(options, 'forbidNonWhitelisted') && isOn(options, 'whitelist');
  const converts = isOn(optionOf(options, 'transformOptions'), 'enableImplicitConversion');
  const fills = isOn(options, 'transform');
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node).flatMap(([key, part]) =>
      key === 'default' && !fills ? [] : [[key, visit(part)] as const],
    );
    const made: { [key: string]: unknown } = Object.fromEntries(entries);
    if (closed && 'properties' in made && made['type'] === 'object')
      made['additionalProperties'] = false;
    if (converts && ['integer', 'number'].includes(String(made['type']))) made['x-coerce'] = true;
    return made;
  };
  return visit(schema) as JsonSchema;
}

/** What the pipe throws: its own exception with a list of messages, or what `exceptionFactory` makes. */
function failure(machine: Machine, options: Value, node: ts.Node): Value {
  const factory = optionOf(options, 'exceptionFactory');
  if (factory.kind === 'closure') {
    const error = object(
      [
        ['property', unknown('property')],
        ['constraints', unknown('constraints')],
      ],
      true,
    );
    return machine.call(factory, [arrayOf([{ value: error, when: null }])], node);
  }
  const status = literalOf(optionOf(options, 'errorHttpStatusCode'));
  const message = arrayOf([{ value: unknown('message'), when: null }]);
  return refusal(typeof status === 'number' ? status : 400, message);
}
