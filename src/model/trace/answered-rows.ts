import type { ts } from '../../kernel/syntax.ts';
import { type Answer, fieldAt, isNothing, withField } from './answers.ts';
import { all, type Formula, isFalse, not } from './formula.ts';
import { foundKey } from './found-before.ts';
import { type Machine, tableOfRow } from './machine.ts';
import { present } from './operators.ts';
import { truth } from './truth.ts';
import { type RowValue, UNDEFINED, type Value } from './values.ts';

/** An answer that is a row, or has one in a field of its own, is two where that row may be absent. */
export function rowsApart(machine: Machine, answer: Answer): Answer[] {
  const { response, when, flags } = answer;
  const body = response?.body;
  if (!response || !body || response.kind !== 'respond') return [answer];
  const fields = body.kind === 'object' ? [...body.fields.value.keys()].map((name) => [name]) : [];
  for (const path of [[], ...fields]) {
    const at = path.length > 0 ? fieldAt(body, path) : body;
    const there = at && presence(machine, at, { when, node: response.node });
    if (!there) continue;
    const made = (value: Value): Value => withField(body, path, value);
    const ways = [
      { body: made(present(at)), when: all([when, there]), flags },
      {
        body: made(UNDEFINED),
        when: all([when, not(there)]),
        flags: [...flags, [path.join('.'), null] as const],
      },
    ];
    return ways
      .filter((way) => !isFalse(way.when))
      .map((way) => ({ ...way, response: { ...response, body: way.body } }));
  }
  return [answer];
}

/** When a row is there that may be absent; undefined for every other value. */
function presence(
  machine: Machine,
  value: Value,
  { when, node }: { when: Formula; node: ts.Node },
): Formula | undefined {
  const open = (row: RowValue) =>
    !row.sure && !isFoundBefore(machine, row, when) && !machine.found.keys.has(foundKey(row.query));
  if (value.kind === 'row') return open(value) ? truth(value, node) : undefined;
  if (value.kind !== 'choice') return undefined;
  const { yes, no } = value;
  if (isNothing(no) && yes.kind === 'row' && open(yes)) return all([value.when, truth(yes, node)]);
  if (!isNothing(yes) || no.kind !== 'row' || !open(no)) return undefined;
  return all([not(value.when), truth(no, node)]);
}

/** A row of a table that another read found a row of is, as a rule, that row read again. */
function isFoundBefore(machine: Machine, row: RowValue, when: Formula): boolean {
  const table = tableOfRow(machine, row.query);
  const facts = when.kind === 'all' ? when.of : [when];
  return facts.some(
    (fact) =>
      fact.kind === 'atom' &&
      fact.condition.kind === 'exists' &&
      fact.condition.query !== row.query &&
      tableOfRow(machine, fact.condition.query) === table,
  );
}
