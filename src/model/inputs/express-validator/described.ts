import type { InputPart } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { arrayOf } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { literalOf, type Value } from '../../trace/values.ts';
import { chainOf } from './chain.ts';
import type { Rule } from './rules.ts';

const LOCATIONS: readonly InputPart[] = ['body', 'query', 'params', 'cookies', 'headers'];

/** `checkSchema({ email: { in: ['body'], isEmail: true } })`: a chain for each field. */
export function chainsOf(
  machine: Machine,
  {
    schema,
    otherwise,
  }: { readonly schema: Value | undefined; readonly otherwise: (field: string) => InputPart },
  node: ts.Node,
): Value | undefined {
  if (schema?.kind !== 'object') return undefined;
  const chains = [...schema.fields.value].map(([field, said]) => {
    const described = said.kind === 'object' ? [...said.fields.value] : [];
    const from = locationIn(said) ?? otherwise(field);
    const rules = described.flatMap(([name, value]) => ruleIn(name, value) ?? []);
    return { value: chainOf(machine, { fields: [{ from, field }], rules, node }), when: null };
  });
  return arrayOf(chains);
}

function locationIn(said: Value): InputPart | undefined {
  const found = said.kind === 'object' ? said.fields.value.get('in') : undefined;
  const first = found?.kind === 'array' ? found.items.value[0]?.value : found;
  return LOCATIONS.find((each) => each === (first && literalOf(first)));
}

/** `isLength: { options: { min: 8 } }`, `isEmail: true`. */
function ruleIn(name: string, value: Value): Rule | undefined {
  if (/^(in|errorMessage)$/.test(name) || literalOf(value) === false) return undefined;
  const options = value.kind === 'object' ? value.fields.value.get('options') : undefined;
  const args =
    options?.kind === 'array' && name !== 'isIn'
      ? options.items.value.map((item) => item.value)
      : options?.kind === 'array'
        ? options.items.value.slice(0, 1).map((item) => item.value)
        : options
          ? [options]
          : [];
  return { name, args };
}
