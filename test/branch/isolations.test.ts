import { expect, test } from 'vitest';
import {
  chooseIsolation,
  describeIsolation,
  type Surroundings,
} from '../../src/branch/isolations.ts';
import type { Isolation } from '../../src/config/config.ts';

const nothing: Surroundings = { db: false, embedded: false, docker: false, neon: false };
const proving: readonly Isolation[] = ['embedded', 'testcontainers', 'neon', 'compose'];
const choose = (there: Partial<Surroundings>, asked: Isolation | 'auto' = 'auto') =>
  chooseIsolation({ ...nothing, ...there }, { asked, candidates: proving });

test('the first whose means are there is chosen, and says why and what it does not keep apart', () => {
  expect(choose({ embedded: true, docker: true }).isolation).toBe('embedded');
  expect(choose({ docker: true, neon: true }).isolation).toBe('testcontainers');
  expect(choose({ neon: true }).isolation).toBe('neon');
  const said = describeIsolation(choose({ docker: true }));
  expect(said).toMatch(/^Isolation: testcontainers \(Docker answers.*\)\. Not kept apart: .+\.$/);
  expect(said).not.toContain('\n');
});

test('what is asked for is taken where its means are there', () => {
  expect(choose({ embedded: true, docker: true }, 'compose')).toMatchObject({
    isolation: 'compose',
    because: 'it was asked for',
  });
  expect(() => choose({ embedded: true }, 'neon')).toThrow(/neon: no Neon project is configured/);
});

test('what does not fit the command, or is not there at all, is refused with the reason', () => {
  expect(() => choose({ db: true }, 'rollback')).toThrow(/they see nothing of it/);
  expect(() => choose({})).toThrow(
    /embedded: PostgreSQL's programs.*; testcontainers: Docker was not/,
  );
});
