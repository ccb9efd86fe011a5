import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { finding } from '../../../src/kernel/finding.ts';
import { findingWords } from '../../../src/report/words/finding.ts';
import words from '../../../src/report/words/findings.json' with { type: 'json' };

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

it('has words for every finding about a repo, its model and its state', () => {
  const src = new URL('../../../src/', import.meta.url);
  const texts = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, src), 'utf8'));
  const codes = texts.flatMap((text) => [
    ...text.matchAll(/\b(?:finding|unresolved)\([^']*'((?:model|repo|schema|state)\.\w+)'/g),
  ]);
  const named = new Set(codes.map(([, code = '']) => code));
  expect(named.size).toBeGreaterThan(15);
  const wordless = [...named].filter((code) => !Object.hasOwn(words, code));
  expect(wordless).toEqual([]);
});
