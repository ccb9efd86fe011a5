import { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import type { Machine } from './machine.ts';
import { withDefault } from './operators.ts';
import { propertySchema } from './schema-parts.ts';
import { literal, type SchemaValue, type Special, schemaType, type Value } from './values.ts';

/** `process.env` through a schema: its variables with the schema's types, defaults and transforms. */
export function settings(machine: Machine, env: Special, schema: SchemaValue): Value {
  const json = machine.deps.inputSchema(schema.file, schema.node);
  if (!json) return env;
  machine.deps.noteVariables(json);
  return {
    ...env,
    get: (name, node) => {
      const value = env.get?.(name, node);
      const said = propertySchema(json, name);
      if (!said || !value) return value;
      return checked(machine, value, { said, schema: propertyIn(machine, schema, name) });
    },
  };
}

/** One variable through a schema of its own. */
export function setting(machine: Machine, value: Value, schema: SchemaValue): Value {
  const said = machine.deps.inputSchema(schema.file, schema.node);
  return said ? checked(machine, value, { said, schema }) : value;
}

function checked(
  machine: Machine,
  value: Value,
  { said, schema }: { said: JsonSchema; schema: SchemaValue | null },
): Value {
  if (value.kind !== 'term') return value;
  const { base } = schemaType(said);
  const typed = { ...value, type: { ...value.type, base } };
  const otherwise = said['default'];
  const plain = ['string', 'number', 'boolean'].includes(typeof otherwise);
  const given = plain ? withDefault(typed, literal(otherwise as string)) : typed;
  return transformed(machine, given, schema);
}

/** What a schema's own `.transform(…)` functions make of a value, the innermost first. */
function transformed(machine: Machine, value: Value, schema: SchemaValue | null): Value {
  if (!schema || !ts.isCallExpression(schema.node)) return value;
  const { expression, arguments: args } = schema.node;
  if (!ts.isPropertyAccessExpression(expression)) return value;
  const inner = machine.evaluate(expression.expression, schema.scope);
  const before = transformed(machine, value, inner.kind === 'schema' ? inner : null);
  const [change] = args;
  if (expression.name.text !== 'transform' || !change) return before;
  return machine.call(machine.evaluate(change, schema.scope), [before], schema.node);
}

/** The schema of one property, where `z.object({ … })` is written out. */
function propertyIn(machine: Machine, schema: SchemaValue, name: string): SchemaValue | null {
  const shape = shapeOf(schema.node);
  const property = shape?.properties.find((candidate) => candidate.name?.getText() === name);
  if (!property || !ts.isPropertyAssignment(property)) return null;
  const value = machine.evaluate(property.initializer, schema.scope);
  return value.kind === 'schema' ? value : null;
}

function shapeOf(node: ts.Expression): ts.ObjectLiteralExpression | null {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return null;
  const [shape] = node.arguments;
  if (shape && ts.isObjectLiteralExpression(shape)) return shape;
  return shapeOf(node.expression.expression);
}
