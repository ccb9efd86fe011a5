import type { LibraryReader } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { arrayOf } from '../../trace/composites.ts';
import { FALSE, TRUE } from '../../trace/formula.ts';
import { branchValue } from '../../trace/path.ts';
import { check, checkAgainst, jsonSchemaOf } from '../../trace/schemas.ts';
import { textOf } from '../../trace/source.ts';
import { termsIn, truthValue } from '../../trace/terms.ts';
import { literal, UNDEFINED, unknown, type Value } from '../../trace/values.ts';

/** yup: what its schemas answer. */
export const yupChecks = {
  name: 'yup',
  from: /^yup$/,
  parse: (machine, schema, { name, args: [value = UNDEFINED], node }) => {
    if (!/^(validate|isValid)(Sync)?$/.test(name)) return unknown(textOf(node), termsIn(value));
    const { 'x-optional': isOptional, ...json } = jsonSchemaOf(machine, schema) ?? {};
    const { valid, data } =
      value.kind === 'undefined'
        ? { valid: isOptional ? TRUE : FALSE, data: value }
        : value.kind === 'special'
          ? check(machine, schema, { value, node })
          : checkAgainst(machine, json, { value, node });
    if (name.startsWith('isValid')) return truthValue(valid);
    return branchValue(machine, valid, {
      yes: () => data,
      no: () => {
        machine.throwValue(validationError(), node);
        return UNDEFINED;
      },
    });
  },
} satisfies LibraryReader;

function validationError(): Value {
  const path = unknown('ValidationError.path');
  const message = unknown('ValidationError.message');
  const fields: [string, Value][] = [
    ['name', literal('ValidationError')],
    ['message', message],
    ['path', path],
    ['errors', arrayOf([{ value: message, when: null }])],
  ];
  const inner = builtIn(['ValidationError', 'Error'], fields);
  const all = arrayOf([{ value: inner, when: null }]);
  return builtIn(['ValidationError', 'Error'], [...fields, ['inner', all]]);
}
