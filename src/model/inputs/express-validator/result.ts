import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { arrayOf } from '../../trace/composites.ts';
import { all, type Formula, not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { object, truthValue } from '../../trace/terms.ts';
import {
  input,
  literalOf,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { FOUND } from './rules.ts';

/** What the chains that ran have found. */
interface Found {
  readonly from: string;
  readonly field: string;
  readonly valid: Value;
}

function foundIn(machine: Machine): Found[] {
  return [...machine.variables.value].flatMap(([key, valid]) => {
    if (!key.startsWith(FOUND)) return [];
    const [from = '', ...field] = key.slice(FOUND.length).split(':');
    return [{ from, field: field.join(':'), valid }];
  });
}

/** `validationResult(req)`. */
export function resultOf(machine: Machine): Special {
  const found = foundIn(machine);
  const valid = (node: ts.Node): Formula =>
    all(found.map((each) => machine.truth(each.valid, node)));
  const error = object([
    ['msg', unknown('error.msg')],
    ['path', unknown('error.path')],
  ]);
  const self: Special = {
    kind: 'special',
    name: 'validationResult',
    invoke: (method, _, node) => {
      if (method === 'isEmpty') return truthValue(valid(node));
      if (method === 'formatWith') return self;
      if (method === 'array') return arrayOf([{ value: error, when: not(valid(node)) }]);
      if (method === 'mapped') return unknown('errors');
      if (method !== 'throw') return undefined;
      branch(machine, valid(node), {
        yes: () => undefined,
        no: () => machine.throwValue(builtIn(['Result', 'Error'], []), node),
      });
      return UNDEFINED;
    },
  };
  return self;
}

/** `matchedData(req, { locations: ['body'] })`: the fields that a chain asks about. */
export function matched(machine: Machine, options: Value | undefined): Value {
  const said = options?.kind === 'object' ? options.fields.value.get('locations') : undefined;
  const only =
    said?.kind === 'array' ? said.items.value.map(({ value }) => literalOf(value)) : null;
  const fields = foundIn(machine).filter(({ from, field }) => {
    return !/[.*]/.test(field) && (only === null || only.includes(from));
  });
  return object(
    fields.map(({ from, field }) => [field, fieldOf(machine, { from, field })] as const),
  );
}

function fieldOf(machine: Machine, { from, field }: Pick<Found, 'from' | 'field'>): Value {
  for (const [part, schema] of machine.inputs) {
    if (part !== from) continue;
    const properties = schema['properties'];
    const own =
      typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
    const found = own.find(([name]) => name === field)?.[1];
    return input(part, [field], typeof found === 'object' ? found : null);
  }
  return unknown(field);
}
