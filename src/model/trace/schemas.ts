import type { Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import { copiedFrom } from './assign-all.ts';
import { builtIn } from './classes.ts';
import { arrayOf } from './composites.ts';
import { declaredField, declaredFields, declareInput } from './declared-input.ts';
import { all, atom, FALSE, type Formula, TRUE } from './formula.ts';
import { isPart } from './laid-over.ts';
import { libraryParse } from './libraries.ts';
import type { Machine } from './machine.ts';
import { mergedParts } from './merged-parts.ts';
import { validPart } from './part-schemas.ts';
import { branchValue } from './path.ts';
import { propertySchema } from './schema-parts.ts';
import { settings } from './settings.ts';
import { placeAt, textOf } from './source.ts';
import { storedFits } from './stored-schemas.ts';
import { object, partsOf, termsIn, truthValue } from './terms.ts';
import { hasForm } from './text-form.ts';
import { ownData, validAgain } from './valid-again.ts';
import {
  literal,
  type Scope,
  schemaType,
  type Type,
  term,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

/** Methods of a schema that take a value; all others make another schema. */
export const PARSERS: ReadonlySet<string> = new Set([
  'parse',
  'safeParse',
  'parseAsync',
  'safeParseAsync',
  'spa',
  'validate',
  'validateAsync',
  'validateSync',
  'validateAt',
  'validateSyncAt',
  'isValid',
  'isValidSync',
  'cast',
]);

const NOT_SCHEMAS =
  /Error|config|toJSONSchema|locales|extendZodWithOpenApi|setErrorMap|getErrorMap|\b(safeP|p)arser?(Async)?\b|\b(is|assert|attempt|validate|flatten|setLocale|addMethod)\b|TypeCompiler|Value\./;

/** The schema a call makes, where it is one of a validator library's. */
export function schemaOf(
  owner: Value,
  { name, node, scope }: { name: string; node: ts.CallExpression; scope: Scope },
): Value | undefined {
  const { file } = scope;
  if (owner.kind === 'schema')
    return PARSERS.has(name) ? undefined : { ...owner, file, node, scope };
  if (owner.kind !== 'package' || !isValidator(owner) || NOT_SCHEMAS.test(`${owner.name}.${name}`))
    return undefined;
  return { kind: 'schema', package: owner.package, file, node, scope };
}

function isValidator(value: Value & { kind: 'package' }): boolean {
  if (/^(zod(\/.*)?|valibot|(@sinclair\/)?typebox|(@hapi\/)?joi|yup)$/.test(value.package))
    return true;
  if (value.package === 'celebrate') return /^Joi(\.|$)/.test(value.name);
  if (value.package === '@fastify/type-provider-typebox') return /^Type(\.|$)/.test(value.name);
  if (value.package === '@hono/zod-openapi') return /^z(\.|$)/.test(value.name);
  return /^drizzle-(zod|orm\/zod)$/.test(value.package) && /^create\w+Schema$/.test(value.name);
}

export function jsonSchemaOf(machine: Machine, schema: Value | undefined): JsonSchema | null {
  return schema?.kind === 'schema' ? machine.deps.inputSchema(schema.file, schema.node) : null;
}

/** `schema.parse(value)` and its kin. */
export function parseCall(
  machine: Machine,
  schema: Value & { kind: 'schema' },
  { name, args, node }: { name: string; args: readonly Value[]; node: ts.Node },
): Value {
  const own = libraryParse(machine, schema, { name, args, node });
  if (own) return own;
  const [value = UNDEFINED] = args;
  const { valid, data } = check(machine, schema, { value, node });
  const error = zodError();
  if (name === 'parse' || name === 'parseAsync') {
    return branchValue(machine, valid, {
      yes: () => data,
      no: () => {
        machine.throwValue(error, node);
        return UNDEFINED;
      },
    });
  }
  const stored = storedFits(machine, jsonSchemaOf(machine, schema), { value, node });
  return object([
    ['success', truthValue(stored ?? valid)],
    ['data', data],
    ['error', error],
  ]);
}

/** `parse(schema, value)` and its kin, where a library has them as functions. */
export function parseFunction(
  machine: Machine,
  name: string,
  { args: [schema, ...args], node }: { args: readonly Value[]; node: ts.Node },
): Value | undefined {
  const fn = name.split('.').at(-1) ?? name;
  if (schema?.kind !== 'schema' || !PARSERS.has(fn)) return undefined;
  const made = parseCall(machine, schema, { name: fn, args, node });
  if (made.kind !== 'object' || !fn.startsWith('safe')) return made;
  const said = made.fields.value;
  const issues = arrayOf([{ value: object([['message', unknown('issue.message')]]), when: null }]);
  return object([...said, ['output', said.get('data') ?? UNDEFINED], ['issues', issues]]);
}

/** TypeBox's `Value.Check(schema, value)` and its kin; references may stand between the two. */
export function checkFunction(
  machine: Machine,
  name: string,
  { args, node }: { args: readonly Value[]; node: ts.Node },
): Value | undefined {
  const [schema] = args;
  const value = args.at(-1);
  const fn = /(?:^|\.)Value\.(\w+)$/.exec(name)?.[1] ?? '';
  if (schema?.kind !== 'schema' || !value || args.length < 2) return undefined;
  if (!/^(Check|Parse|Decode|Assert)$/.test(fn)) return undefined;
  const { valid, data } =
    value.kind === 'undefined'
      ? { valid: takesNothing(machine, schema), data: value }
      : check(machine, schema, { value, node });
  if (fn === 'Check')
    return truthValue(storedFits(machine, jsonSchemaOf(machine, schema), { value, node }) ?? valid);
  return branchValue(machine, valid, {
    yes: () => (fn === 'Assert' ? UNDEFINED : data),
    no: () => {
      machine.throwValue(builtIn(['TypeBoxError', 'Error'], []), node);
      return UNDEFINED;
    },
  });
}

/** Whether a schema is content with nothing: one that says of what type a value is wants one. */
function takesNothing(machine: Machine, schema: Value): Formula {
  const { type } = jsonSchemaOf(machine, schema) ?? {};
  return type === undefined ? TRUE : FALSE;
}

/** What a failed parse throws or hands out. */
export function zodError(): Value {
  const issue = object([['message', unknown('issue.message')]], true);
  const issues = arrayOf([{ value: issue, when: null }]);
  return builtIn(
    ['ZodError', 'Error'],
    [
      ['name', literal('ZodError')],
      ['issues', issues],
      ['errors', issues],
      ['message', unknown('ZodError.message')],
    ],
  );
}

/** When a value satisfies a schema, and what it is then. */
export function check(
  machine: Machine,
  schema: Value & { kind: 'schema' },
  { value, node }: { value: Value; node: ts.Node },
): { valid: Formula; data: Value } {
  if (value.kind === 'special' && !value.checked)
    return { valid: TRUE, data: settings(machine, value, schema) };
  return checkAgainst(machine, jsonSchemaOf(machine, schema), { value, node });
}

/** The same for a schema as JSON; null where it is not known. */
export function checkAgainst(
  machine: Machine,
  json: JsonSchema | null,
  { value, node }: { value: Value; node: ts.Node },
): { valid: Formula; data: Value } {
  if (value.kind === 'special')
    return value.checked?.(json, node) ?? { valid: doubt(value, node), data: value };
  if (machine.sent && value.kind === 'object') return checkSent(json, value, node);
  const copied = copiedFrom(value);
  if (copied)
    return { valid: checkAgainst(machine, json, { value: copied, node }).valid, data: value };
  const again = validAgain(json, value, node);
  if (again) return { valid: again, data: value };
  const formed = hasForm(json, value, node);
  if (formed) return { valid: formed, data: value };
  const parts = json && partsOfRequest(machine, json, { value, node });
  if (parts) return parts;
  const source = declaredFields(machine, json, value) ?? declaredField(machine, json, value);
  if (!source) return { valid: doubt(value, node), data: ownData(json, value) };
  if (source.path.length === 0) declareInput(machine, source.from, json);
  const valid = validPart(machine, json, { ...source, node });
  return { valid, data: parsed(value, source, schemaType(json)) };
}

function parsed(value: Value, source: Term & { kind: 'input' }, type: Type): Value {
  if (value.kind === 'term') return { ...value, type };
  return isInput(value, source) ? term(source, type) : value;
}

/** A part of the request, or that part with something empty where it is missing (`req.body ?? {}`). */
function isInput(value: Value, source: Term & { kind: 'input' }): boolean {
  if (value.kind === 'term') return value.term === source;
  if (value.kind !== 'choice') return false;
  const sides = [value.yes, value.no];
  return sides.some((side) => isInput(side, source)) && sides.some(isEmpty);
}

function isEmpty(value: Value): boolean {
  return value.kind === 'undefined' || (value.kind === 'object' && value.fields.value.size === 0);
}

/** What a page sent, with the schema's defaults; invalid where something required is missing. */
function checkSent(
  schema: JsonSchema | null,
  value: Value & { kind: 'object' },
  node: ts.Node,
): { valid: Formula; data: Value } {
  const required = schema?.['required'];
  const fields = new Map(value.fields.value);
  const properties = schema?.['properties'];
  for (const name of Object.keys(properties ?? {})) {
    const otherwise = propertySchema(schema, name)?.['default'];
    const plain = ['string', 'number', 'boolean'].includes(typeof otherwise);
    if (plain && !fields.has(name)) fields.set(name, literal(otherwise as string));
  }
  const missing = (Array.isArray(required) ? required : []).some((name) => !fields.has(name));
  return { valid: missing ? FALSE : doubt(value, node), data: object(fields) };
}

/** Parts of the request that are checked as one: laid over each other, or each under a name with a schema of its own. */
function partsOfRequest(
  machine: Machine,
  json: JsonSchema,
  { value, node }: { value: Value; node: ts.Node },
): { valid: Formula; data: Value } | undefined {
  const merged = mergedParts(machine, json, { value, node });
  if (merged) return merged;
  const fields = value.kind === 'object' ? [...value.fields.value] : [];
  if (fields.length === 0 || !fields.every(([, field]) => isPart(field))) return undefined;
  const checked = fields.flatMap(([name, field]) => {
    const schema = propertySchema(json, name);
    return schema ? [{ name, ...checkAgainst(machine, schema, { value: field, node }) }] : [];
  });
  return {
    valid: all(checked.map(({ valid }) => valid)),
    data: object(checked.map(({ name, data }) => [name, data])),
  };
}

/** The app's own data is what its schemas say; what comes from outside may not be. */
function doubt(value: Value, node: ts.Node): Formula {
  const foreign = termsIn(value).find((each) =>
    partsOf(each).some((part) => part.kind === 'external'),
  );
  if (!foreign) return TRUE;
  return atom({ kind: 'external', at: placeAt(node), name: textOf(node), holds: true });
}
