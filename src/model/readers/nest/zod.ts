import { ts } from '../../../kernel/syntax.ts';
import { parentOf } from '../../trace/classes.ts';
import { arrayOf } from '../../trace/composites.ts';
import { fileScope } from '../../trace/environment.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { check, zodError } from '../../trace/schemas.ts';
import { object } from '../../trace/terms.ts';
import { literal, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { refusal } from './exceptions.ts';
import { optionOf, type Piped } from './piped.ts';

/**
 * nestjs-zod's `ZodValidationPipe`: a value is checked by the schema the pipe is made with, else by that of the class
 * it is declared as, where `createZodDto` made it. What `createZodValidationPipe` makes throws an error of its own.
 */
export function zodValidated(
  machine: Machine,
  { value, metadata: { type, node } }: Piped,
  {
    given = UNDEFINED,
    options = UNDEFINED,
  }: { given?: Value | undefined; options?: Value | undefined } = {},
): Value {
  const schema = schemaIn(machine, given) ?? schemaIn(machine, declaredAs(machine, type));
  if (!schema) return value;
  const { valid, data } = check(machine, schema, { value, node });
  return branchValue(machine, valid, {
    yes: () => data,
    no: () => {
      const own = optionOf(options, 'createValidationException');
      const error =
        own.kind === 'closure' ? machine.call(own, [zodError()], node) : refusal(400, answer());
      machine.throwValue(error, node);
      return UNDEFINED;
    },
  });
}

/** A class that `createZodDto` made, or one that extends it, stands for its schema. */
function schemaIn(machine: Machine, value: Value): (Value & { kind: 'schema' }) | undefined {
  let at: Value | undefined = value;
  for (let depth = 0; at?.kind === 'class' && depth < 12; depth += 1) at = parentOf(machine, at);
  return at?.kind === 'schema' ? at : undefined;
}

function declaredAs(machine: Machine, type: ts.TypeNode | undefined): Value {
  if (!type || !ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return UNDEFINED;
  return machine.evaluate(type.typeName, fileScope(type.getSourceFile().fileName));
}

function answer(): Value {
  const issue = object([['message', unknown('issue.message')]], true);
  return object([
    ['statusCode', literal(400)],
    ['message', literal('Validation failed')],
    ['errors', arrayOf([{ value: issue, when: null }])],
  ]);
}
