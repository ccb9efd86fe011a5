import { ts } from '../../../kernel/syntax.ts';
import type { JsonSchema } from '../../reader.ts';
import { baseOf } from '../../static/property.ts';
import type { Machine, Value } from '../../static/value.ts';
import { decoratorsOn, isEach, type Made, madeOf } from './decorated.ts';
import { transforms } from './transforms.ts';
import { keywordsOf } from './validators.ts';

/** A property as its decorators describe it. */
export interface Property {
  readonly json: JsonSchema;
  readonly optional: boolean;
  /** Whether any decorator is a validator. */
  readonly checked: boolean;
}

export type Properties = ReadonlyMap<string, Property>;

const DEPTH = 6;

/** The properties of a class, those it inherits or is mapped from first. */
export function propertiesOf(machine: Machine, type: Value, depth = 0): Properties {
  if (depth > DEPTH) return new Map();
  const mapped = madeOf(type);
  if (mapped) return mappedBy(machine, mapped, depth);
  if (type.kind !== 'class') return new Map();
  const base = baseOf(machine, type);
  const found = new Map(base ? propertiesOf(machine, base, depth + 1) : []);
  for (const member of type.node.members) {
    if (!ts.isPropertyDeclaration(member) || !ts.isIdentifier(member.name)) continue;
    const own = propertyOf(machine, member, depth);
    if (!own) continue;
    const before = found.get(member.name.text);
    found.set(member.name.text, before ? joined(before, own) : own);
  }
  return found;
}

export function jsonOf(properties: Properties): JsonSchema {
  const required = [...properties].filter(([, each]) => !each.optional).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries([...properties].map(([name, each]) => [name, each.json])),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** Decorators of a parent's property hold for the child's as well. */
function joined(before: Property, own: Property): Property {
  return {
    json: { ...before.json, ...own.json },
    optional: before.optional || (own.optional && !before.checked) || (own.checked && own.optional),
    checked: before.checked || own.checked,
  };
}

/** `PartialType(A)`, `PickType(A, ['a'])`, `OmitType(A, ['b'])`, `IntersectionType(A, B)`. */
function mappedBy(machine: Machine, { name, args }: Made, depth: number): Properties {
  const [first, keys] = args;
  const all = first ? [...propertiesOf(machine, first, depth + 1)] : [];
  const named = new Set(
    keys?.kind === 'list'
      ? keys.items.flatMap((each) => (each.kind === 'literal' ? [String(each.value)] : []))
      : [],
  );
  switch (name) {
    case 'PartialType':
      return new Map(
        all.map(([key, each]) => [key, { ...each, optional: true, json: nullable(each.json) }]),
      );
    case 'PickType':
      return new Map(all.filter(([key]) => named.has(key)));
    case 'OmitType':
      return new Map(all.filter(([key]) => !named.has(key)));
    case 'IntersectionType':
      return new Map(args.flatMap((each) => [...propertiesOf(machine, each, depth + 1)]));
    default:
      return new Map();
  }
}

function propertyOf(
  machine: Machine,
  member: ts.PropertyDeclaration,
  depth: number,
): Property | undefined {
  const decorators = decoratorsOn(machine, member);
  const validators = decorators.filter((each) => each.package === 'class-validator');
  if (decorators.length === 0) return undefined;
  const named = (name: string) => validators.some((each) => each.name === name);
  const lenient = named('IsOptional') || named('ValidateIf');
  const demanding = validators.filter(({ name }) => !/^(IsOptional|ValidateIf|Allow)$/.test(name));
  const nested = named('ValidateNested') ? nestedIn(machine, { member, decorators, depth }) : {};
  const own = keywords(demanding, member);
  const json = { ...own, ...nested, ...transforms(decorators, own), ...initial(member) };
  return {
    json: named('IsOptional') ? nullable(json) : json,
    optional: lenient || demanding.length === 0 || member.initializer !== undefined,
    checked: validators.length > 0,
  };
}

/** What the validators of a property demand together; `{ each: true }` speaks of a list's items. */
function keywords(validators: readonly Made[], member: ts.PropertyDeclaration): JsonSchema {
  const whole: Record<string, unknown> = {};
  const items: Record<string, unknown> = {};
  const refine: string[] = [];
  for (const each of validators) {
    const found = keywordsOf(each.name, each.args);
    if (!found && !/^(ValidateNested|IsDefined)$/.test(each.name)) refine.push(each.text);
    Object.assign(
      isEach(each) ? items : whole,
      together(isEach(each) ? items : whole, found ?? {}),
    );
  }
  const textual = member.type?.kind === ts.SyntaxKind.StringKeyword;
  if (textual && !('type' in whole) && !('enum' in whole)) whole['type'] = 'string';
  if ('type' in whole && whole['type'] !== 'string') delete whole['minLength'];
  return {
    ...whole,
    ...(Object.keys(items).length > 0 ? { type: 'array', items } : {}),
    ...(refine.length > 0 ? { 'x-refine': refine } : {}),
  };
}

/** An integer is a number too; the narrower word stays. */
function together(before: Record<string, unknown>, more: JsonSchema): JsonSchema {
  const whole = before['type'] === 'integer' && more['type'] === 'number';
  const least = [before['minLength'], more['minLength']].filter((n) => typeof n === 'number');
  return {
    ...more,
    ...(whole ? { type: 'integer' } : {}),
    ...(least.length > 1 ? { minLength: Math.max(...least) } : {}),
  };
}

/** `@ValidateNested() @Type(() => Line)`: the class's own schema, of each item of a list. */
function nestedIn(
  machine: Machine,
  {
    member,
    decorators,
    depth,
  }: { member: ts.PropertyDeclaration; decorators: readonly Made[]; depth: number },
): JsonSchema {
  const made = decorators.find(({ name }) => name === 'Type')?.args[0];
  const type =
    made?.kind === 'function' ? machine.invoke(made, []) : typeNamed(machine, member.type);
  const json = type ? jsonOf(propertiesOf(machine, type, depth + 1)) : { type: 'object' };
  const isList =
    (member.type && ts.isArrayTypeNode(member.type)) ||
    decorators.some(
      (each) => each.name === 'IsArray' || (each.name === 'ValidateNested' && isEach(each)),
    );
  return isList ? { type: 'array', items: json } : json;
}

function typeNamed(machine: Machine, type: ts.TypeNode | undefined): Value | undefined {
  if (!type || !ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return undefined;
  return machine.evaluate(type.typeName, null);
}

/** A property's initial value stands where nothing is sent. */
function initial({ initializer }: ts.PropertyDeclaration): JsonSchema {
  if (!initializer) return {};
  if (ts.isStringLiteralLike(initializer)) return { default: initializer.text };
  if (ts.isNumericLiteral(initializer)) return { default: Number(initializer.text) };
  if (initializer.kind === ts.SyntaxKind.TrueKeyword) return { default: true };
  return initializer.kind === ts.SyntaxKind.FalseKeyword ? { default: false } : {};
}

/** `@IsOptional()` takes null as well. */
function nullable(json: JsonSchema): JsonSchema {
  const { type } = json;
  const words = json['enum'];
  return {
    ...json,
    ...(typeof type === 'string' ? { type: [type, 'null'] } : {}),
    ...(Array.isArray(words) ? { enum: [...words, null] } : {}),
  };
}
