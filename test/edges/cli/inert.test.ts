import { expect, test, vi } from 'vitest';
import { reportFailure } from '../../../src/edges/cli/failure.ts';
import { showProgress } from '../../../src/edges/cli/progress.ts';
import { evaluated } from '../../../src/edges/cli/words.ts';
import { StatewrightError } from '../../../src/kernel/errors.ts';

/** Clears the screen, in both spellings, and turns text round: what code that is read may hold. */
const ACTING = '\u001b[2J\u009b2J\u202e';
const ACTS = /(?!\n)\p{Cc}|\p{Bidi_Control}/u;

test('an error that quotes the code does nothing to the terminal', () => {
  const said: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  try {
    reportFailure(
      new StatewrightError('llm.noCassette', `No answer about ${ACTING}`, { hint: ACTING }),
    );
    reportFailure(new Error(ACTING));
  } finally {
    write.mockRestore();
  }
  expect(said.join('')).not.toMatch(ACTS);
  expect(said.join('')).toContain('No answer about ⟨U+001B⟩[2J');
});

test('nor does progress that quotes it', () => {
  const said: string[] = [];
  const out = { isTTY: false, write: (text: string) => said.push(text) };
  const { emit, end } = showProgress(out as unknown as NodeJS.WriteStream);
  emit({ kind: 'note', note: ACTING });
  emit({ kind: 'done', stage: 'propose', note: `POST /pay › ${ACTING}\r\n` });
  end();
  expect(said.join('')).not.toMatch(ACTS);
  expect(said.join('')).toContain('propose: POST /pay ›');
});

test('nor does the live line', () => {
  const said: string[] = [];
  vi.stubEnv('CI', '');
  const out = { isTTY: true, columns: 80, write: (text: string) => said.push(text) };
  const { emit, end } = showProgress(out as unknown as NodeJS.WriteStream);
  emit({
    kind: 'progress',
    stage: 'propose',
    done: 1,
    note: `POST /pay › ${ACTING}\r\u001b]0;title\u0007`,
  });
  end();
  vi.unstubAllEnvs();
  expect(said.join('').replaceAll('\r\u001b[2K', '')).not.toMatch(ACTS);
});

test('nor does a table of scores', () => {
  const text = evaluated({ text: `settled: ${ACTING}`, report: 'eval.html', questions: null });
  expect(text).not.toMatch(ACTS);
});
