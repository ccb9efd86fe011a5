import { expect, test } from 'vitest';
import { domainOf } from '../../../src/state/values/domain.ts';
import { column, table } from '../../setup/model-builders.ts';

const domainUnder = (check: string, type = 'text') => {
  const kind = column('kind', type);
  return domainOf(table('notices', [kind], { checks: [check] }), kind);
};

test.each([
  ['text', `CHECK ((kind = ANY (ARRAY['offer'::text, 'lost'::text])))`],
  [
    'character varying',
    `CHECK (((kind)::text = ANY ((ARRAY['offer'::character varying, 'lost'::character varying])::text[])))`,
  ],
])('reads a list of values as PostgreSQL writes it for %s', (type, check) => {
  expect(domainUnder(check, type).values).toEqual(['offer', 'lost']);
});
