import { expect, it } from 'vitest';
import { finding } from '../../../src/kernel/finding.ts';
import { findingWords } from '../../../src/report/words/finding.ts';

it('says the most telling sentence whose facts are there', () => {
  const facts = { table: 'holds', column: 'placed_at', is: 'missing column' };
  const full = findingWords(finding('schema.drift', { severity: 'error', path: 'holds', facts }));
  expect(full.says).toBe(
    'The database and the code disagree on `holds.placed_at`: missing column.',
  );
  expect(full.where).toBe('holds');
  expect(full.do).toContain('migrations');
  const less = findingWords(
    finding('schema.drift', { severity: 'error', facts: { table: 'holds' } }),
  );
  expect(less.says).toBe('The database and the code disagree on table `holds`.');
});

it('tells a finding it has no words for by its code and facts', () => {
  const words = findingWords(
    finding('plan.unknownTable', {
      severity: 'error',
      file: 'a.ts',
      line: 4,
      facts: { table: 'x', near: ['y', 'z'] },
    }),
  );
  expect(words).toEqual({ says: 'Unknown table: table x, near y, z', where: 'a.ts:4', do: '' });
});

it('takes no words from the prototype', () => {
  expect(findingWords(finding('constructor', { severity: 'note' })).says).toBe('Constructor');
});
