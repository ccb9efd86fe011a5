import fc from 'fast-check';

/** A table of a random schema; `parent` and `owner` are tables by position. */
const table = fc.record({
  code: fc.constantFrom('none', 'unique', 'per parent', 'while live'),
  amount: fc.constantFrom(
    null,
    'amount >= 0',
    'amount between 5 and 7',
    'amount > 10 and amount < least',
  ),
  state: fc.boolean(),
  parent: fc.option(fc.nat(9)),
  required: fc.boolean(),
  once: fc.boolean(),
  owner: fc.option(fc.nat(9)),
  rows: fc.integer({ min: 1, max: 40 }),
});
export type RandomTable = typeof table extends fc.Arbitrary<infer T> ? T : never;
export const schema = fc.array(table, { minLength: 1, maxLength: 5 });

/** Its tables are `t0`, `t1`, … */
export function ddlOf(tables: readonly RandomTable[]): string {
  const made = tables.map((one, at) => {
    const columns = [
      'id int generated always as identity primary key',
      `state mood ${one.state ? 'not null' : ''}`,
      `code varchar(12) ${one.code === 'none' ? '' : 'not null'}`,
      `amount int ${one.amount ? `not null check (${one.amount.replace('least', '1000')})` : ''}`,
      'live boolean not null default true',
      'created_at timestamptz not null default now(), updated_at timestamptz not null',
    ];
    // Earlier tables only, so that a required key makes no cycle; owners may make one.
    if (one.parent !== null && at > 0) {
      const unique = one.once ? 'unique' : '';
      columns.push(
        `parent int ${one.required ? 'not null' : ''} ${unique} references t${one.parent % at}`,
      );
      if (one.code === 'per parent') columns.push('unique (parent, code)');
    }
    if (one.owner !== null) columns.push('owner int');
    if (one.code === 'unique') columns.push('unique (code)');
    return `create table t${at} (${columns.join(', ')});
      ${one.code === 'while live' ? `create unique index on t${at} (lower(code)) where live;` : ''}`;
  });
  const owners = tables.flatMap(({ owner }, at) =>
    owner === null
      ? []
      : [`alter table t${at} add foreign key (owner) references t${owner % tables.length};`],
  );
  return ["create type mood as enum ('calm', 'keen', 'odd');", ...made, ...owners].join('\n');
}
