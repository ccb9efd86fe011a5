import { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import { element } from './arrays.ts';
import { baseOf, CLIENT } from './classes.ts';
import { OWN_WORDS } from './error-words.ts';
import { filledLater } from './filled-later.ts';
import { kindOfFunction } from './function-kind.ts';
import { isGlobal, symbolName } from './global-object.ts';
import { isWritten } from './in-every-case.ts';
import { lacksIterator } from './iterators.ts';
import { laidOver } from './laid-over.ts';
import { libraryConstant } from './libraries.ts';
import type { Machine } from './machine.ts';
import { memberOf } from './members.ts';
import { exported, standing } from './modules.ts';
import { readOf } from './nothing.ts';
import { present } from './operators.ts';
import { branchValue } from './path.ts';
import { possibleOwner } from './possible.ts';
import { responseField } from './responses.ts';
import { fieldOf } from './rests.ts';
import { rowMember } from './row-members.ts';
import { isRequired, propertySchema, tagSchema } from './schema-parts.ts';
import { placeAt, textOf } from './source.ts';
import { called, choose, overChoice, termsIn, WRITTEN } from './terms.ts';
import { noteTraversal } from './traversals.ts';
import { compareValues, presence } from './truth.ts';
import {
  type ClassValue,
  literal,
  native,
  type SchemaValue,
  type Scope,
  schemaType,
  type Type,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

/** `value.name`, whatever the value is; functions found there know their receiver. */
export function get(
  machine: Machine,
  value: Value,
  { name, node }: { name: string; node: ts.Node },
): Value {
  const later = filledLater(machine, value, name);
  if (later) return later;
  switch (value.kind) {
    case 'choice':
      return overChoice(possibleOwner(machine, value, name), (part) =>
        get(machine, part, { name, node }),
      );
    case 'object':
      return fieldOf(machine, value, { name, node });
    case 'instance':
      return (
        value.fields.value.get(name) ??
        memberOf(machine, value, name) ??
        ofClient(machine, value, { name, node }) ??
        ofError(value, name) ??
        UNDEFINED
      );
    case 'class':
      return (
        memberOf(machine, value, name) ??
        ofBase(machine, value, { name, node }) ??
        unknown(textOf(node))
      );
    case 'array':
    case 'list':
      return element(machine, value, { name, node });
    case 'row':
      return rowMember(machine, value, name);
    case 'term':
      noteByIndex(machine, value, { name, node });
      return laidOver(machine, value, { name, node }) ?? termField(value, name, node);
    case 'table':
      return tableField(value, name) ?? unknown(textOf(node));
    case 'module':
      return exported(machine, value.file, name) ?? unknown(textOf(node));
    case 'package':
      return exportOf(machine, value, name);
    case 'special':
      return value.get?.(name, node) ?? boundMethod(machine, value, name) ?? unknown(textOf(node));
    case 'undefined':
      return UNDEFINED;
    case 'closure':
      return name === 'constructor' ? kindOfFunction(value) : unknown(textOf(node));
    case 'schema':
      return name === 'shape' ? shapeOf(value) : value;
    case 'response':
      return responseField(value.response, name) ?? unknown(textOf(node));
    default:
      return unknown(textOf(node), termsIn(value));
  }
}

/** A field of a schema is a schema as it is written there: `Body.shape.name`. */
function shapeOf(schema: SchemaValue): Value {
  const get = (_name: string, node: ts.Node): Value =>
    ts.isExpression(node) ? { ...schema, file: placeAt(node).file, node } : unknown(textOf(node));
  return { kind: 'special', name: 'schema.shape', get };
}

function exportOf(machine: Machine, value: Value & { kind: 'package' }, name: string): Value {
  const whole = value.name === '*' || value.name === 'default';
  const part = { ...value, name: whole ? name : `${value.name}.${name}` };
  return libraryConstant(machine, part) ?? part;
}

/** A static member that a class has of what it extends. */
function ofBase(
  machine: Machine,
  value: ClassValue,
  about: { name: string; node: ts.Node },
): Value | undefined {
  const base = baseOf(machine, value);
  return base && get(machine, base, about);
}

function ofClient(
  machine: Machine,
  { fields }: Value & { kind: 'instance' },
  about: { name: string; node: ts.Node },
): Value | undefined {
  const client = fields.value.get(CLIENT);
  return client && get(machine, client, about);
}

/** Every error has a stack, and one that the app did not make has words of its own: texts that are there, and not known. */
function ofError({ of, ancestry }: Value & { kind: 'instance' }, name: string): Value | undefined {
  if (!ancestry.includes('Error')) return undefined;
  if (name === 'message' && of === null) return OWN_WORDS;
  return name === 'stack' ? { kind: 'special', name: 'error.stack' } : undefined;
}

/** A method taken off its object, to be called later. */
function boundMethod(
  machine: Machine,
  value: Value & { kind: 'special' },
  name: string,
): Value | undefined {
  if (!value.invoke) return undefined;
  return native(`${value.name}.${name}`, (args, node) =>
    machine.invoke(value, { name, args }, node),
  );
}

function tableField(value: Value & { kind: 'table' }, name: string): Value | undefined {
  const column = value.table.columns.find((candidate) => candidate.property === name);
  if (column) return { kind: 'column', source: value.source, column };
  return name.startsWith('$infer') ? UNDEFINED : undefined;
}

/** `list[0]`: an element told by its number. */
function noteByIndex(
  machine: Machine,
  { term }: Value & { kind: 'term' },
  { name, node }: { name: string; node: ts.Node },
): void {
  const isIndex = /^\d+$/.test(name) && ts.isElementAccessExpression(node);
  if (isIndex && term.kind === 'input') noteTraversal(machine, term, node);
}

function termField(value: Value & { kind: 'term' }, name: string, node: ts.Node): Value {
  const { term: whole, type } = value;
  if (name === 'length') {
    return whole.kind === 'literal' && typeof whole.value === 'string'
      ? literal(whole.value.length)
      : called('length', [value], typed('number'));
  }
  if (whole.kind === 'input') {
    if (whole.from === 'params' && isClosed(type.schema, name)) return UNDEFINED;
    const path = [...whole.path, name];
    const part = schemaType(propertySchema(type.schema, name) ?? tagSchema(type.schema, name));
    return term(
      { ...whole, path },
      { ...part, nullable: part.nullable || isOptional(type.schema, name) || isAnything(type) },
    );
  }
  if (whole.kind === 'external') return term({ kind: 'external', name: `${whole.name}.${name}` });
  if (whole.kind === 'literal' && whole.value === null) return UNDEFINED;
  if (whole.kind === 'literal' && typeof whole.value === 'object') {
    const part: unknown = Object.entries(whole.value ?? {}).find(([key]) => key === name)?.[1];
    return part === null || ['string', 'number', 'boolean'].includes(typeof part)
      ? literal(part as string)
      : UNDEFINED;
  }
  if (whole.kind === 'column' || whole.kind === 'call') {
    const schema = propertySchema(type.schema, name);
    return called('field', [value, literal(name)], { ...typed('unknown', true), schema });
  }
  return unknown(textOf(node), [whole]);
}

/** Whether a schema names all that there may be, and not this. */
function isClosed(schema: JsonSchema | null, name: string): boolean {
  return schema?.['additionalProperties'] === false && propertySchema(schema, name) === null;
}

/** Whether a value is any that JSON may hold. */
function isAnything({ base, nullable, schema }: Type): boolean {
  return base === 'unknown' && nullable && schema === null;
}

/** Whether a schema lets a property be left out and gives it no value then. */
function isOptional(schema: JsonSchema | null, name: string): boolean {
  const part = propertySchema(schema, name);
  return part !== null && !('default' in part) && !isRequired(schema, name);
}

/** `a.b`, `a?.b`, `a['b']`, `a[i]`. */
export function accessExpression(
  machine: Machine,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  scope: Scope,
): Value {
  const given = scope.bound?.(node);
  if (given) return standing(machine, given);
  const owner = machine.evaluate(node.expression, scope);
  return guarded(machine, { owner, node }, (value) => {
    if (ts.isPropertyAccessExpression(node)) return machine.get(value, node.name.text, node);
    const key = machine.evaluate(node.argumentExpression, scope);
    return byKey(machine, { owner: value, key }, node);
  });
}

/** Under `?.` an absent owner gives undefined. */
export function guarded(
  machine: Machine,
  {
    owner,
    node,
  }: { owner: Value; node: { readonly questionDotToken?: ts.Node | undefined } & ts.Node },
  work: (value: Value) => Value,
): Value {
  if (owner.kind === 'undefined') return UNDEFINED;
  // What is read of the unknown is unknown as well, and says by itself whether it is there.
  const asks = node.questionDotToken && owner.kind !== 'unknown';
  const there = asks ? presence(owner, node) : undefined;
  if (!there && !isChained(node)) readOf(machine, owner, node);
  if (machine.path.dead) return UNDEFINED;
  if (!there) return work(owner);
  return branchValue(machine, there, { yes: () => work(present(owner)), no: () => UNDEFINED });
}

/** Part of a chain that ends where an earlier `?.` finds nothing. */
function isChained(node: ts.Node): boolean {
  return ts.isOptionalChain(node);
}

function byKey(
  machine: Machine,
  { owner, key }: { owner: Value; key: Value },
  node: ts.Node,
): Value {
  if (key.kind === 'choice') {
    return overChoice(key, (part) => byKey(machine, { owner, key: part }, node));
  }
  if (key.kind === 'term' && key.term.kind === 'literal') {
    return machine.get(owner, String(key.term.value), node);
  }
  if (owner.kind === 'object') return fieldByTerm(owner, key, node);
  if (owner.kind === 'special' && isGlobal(owner.name)) {
    const name = ts.isElementAccessExpression(node) && symbolName(node.argumentExpression);
    return name ? machine.get(owner, name, node) : UNDEFINED;
  }
  if (owner.kind === 'list' || owner.kind === 'array')
    return element(machine, owner, { name: '?', node });
  if (lacksIterator(owner, node)) return UNDEFINED;
  return unknown(textOf(node), [...termsIn(owner), ...termsIn(key)]);
}

/** `table[key]` over a literal object: which field it is depends on the key. */
function fieldByTerm(owner: Value & { kind: 'object' }, key: Value, node: ts.Node): Value {
  const fields = [...owner.fields.value];
  const most = fields.every(([, field]) => isWritten(field)) ? WRITTEN - 1 : 6;
  if (fields.length === 0 || fields.length > most || key.kind !== 'term') {
    return unknown(textOf(node), [...termsIn(owner), ...termsIn(key)]);
  }
  return keyed(fields, key, node);
}

function keyed(fields: readonly (readonly [string, Value])[], key: Value, node: ts.Node): Value {
  const [first, ...rest] = fields;
  if (!first) return UNDEFINED;
  const when = compareValues({ left: key, op: '=', right: literal(first[0]) }, node);
  return choose(when, first[1], keyed(rest, key, node));
}
