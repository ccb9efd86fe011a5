import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { builtIn } from '../trace/classes.ts';
import { arrayOf } from '../trace/composites.ts';
import type { Machine } from '../trace/machine.ts';
import { branch } from '../trace/path.ts';
import { choose, object } from '../trace/terms.ts';
import { literalOf, type Special, UNDEFINED, type Value } from '../trace/values.ts';
import { judged, problems, schemaIn } from './written-schemas.ts';

/** jsonschema: `validate(value, schema)` says what it found, or throws it where it is told to. */
export const jsonschema: LibraryReader = {
  name: 'jsonschema',
  from: /^jsonschema$/,
  call: (machine, { name, made, args, node }) => {
    if (name === 'validate') return findings(machine, args, node);
    return made && name === 'Validator' ? finder(machine) : undefined;
  },
};

function finder(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'jsonschema',
    invoke: (method, args, node) =>
      method === 'validate' ? findings(machine, args, node) : undefined,
  };
}

function findings(
  machine: Machine,
  [value = UNDEFINED, schema = UNDEFINED, options = UNDEFINED]: readonly Value[],
  node: ts.Node,
): Value {
  const valid = judged(machine, { json: schemaIn(machine, schema), value }, node);
  if (THROWING.some((name) => isSet(machine, options, { name, node })))
    branch(machine, machine.truth(valid, node), {
      yes: () => undefined,
      no: () => machine.throwValue(builtIn(['ValidationError', 'Error'], []), node),
    });
  return object([
    ['valid', valid],
    ['errors', choose(machine.truth(valid, node), arrayOf([]), problems())],
  ]);
}

/** Options that have a finding thrown. */
const THROWING = ['throwError', 'throwFirst', 'throwAll'];

function isSet(
  machine: Machine,
  options: Value,
  { name, node }: { readonly name: string; readonly node: ts.Node },
): boolean {
  return options.kind === 'object' && literalOf(machine.get(options, name, node)) === true;
}
