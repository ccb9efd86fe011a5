import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkoutApp, type Installation, installPackage } from '../../setup/installed.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 240_000 });

const README = join(import.meta.dirname, '../../../src/edges/playwright/README.md');
const [, WORKFLOW = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(readFileSync(README, 'utf8')) ?? [];

/** The shell of each step, in order. */
const STEPS = [...WORKFLOW.matchAll(/^( +)(?:- )?run: (.*)\n((?:\1 {2,}.*\n|\n)*)/gm)].map(
  ([, , line = '', block = '']) => (line === '|' ? block.replace(/^ {10}/gm, '') : line),
);

let installed: Installation;
let clinic: string;
beforeAll(async () => {
  installed = await installPackage();
  clinic = await checkoutApp(installed, 'clinic', []);
});
afterAll(() => installed?.close());

/** Runs a step as a runner does, in the checkout. */
function step(containing: string) {
  const [found = '', ...more] = STEPS.filter((text) => text.includes(containing));
  expect(more).toEqual([]);
  return installed.run(['bash', '-e', '-c', found], { cwd: clinic });
}

const comment = () => readFileSync(join(clinic, 'comment.md'), 'utf8');

describe('the GitHub Action of the page', () => {
  test('plans, says what changes, checks and proves, with the steps as written', async () => {
    const about = STEPS.map((text) => text.split('\n')[0]);
    expect(about).toHaveLength(6);
    expect(await step('plan --dry-run')).toMatchObject({ code: 0 });
    expect(await step('comment.md\n')).toMatchObject({ code: 0 });
    expect(comment()).toMatch(/^Plans: \d\d to write, 0 to remove, 0 unchanged\.\n/);
    expect(comment()).toContain('+ POST /desk/appointments › slot_full');

    const plan = await installed.run(['npx', 'statewright', 'plan'], { cwd: clinic });
    expect(plan.code, plan.stderr).toBe(0);
    expect(await step('statewright check')).toMatchObject({ code: 0 });
    const proved = await step('statewright prove');
    expect(proved.code, proved.stdout + proved.stderr).toBe(0);
    const xml = readFileSync(join(clinic, '.statewright/junit.xml'), 'utf8');
    expect(xml).toContain('POST /desk/appointments › slot_full');
  });

  test('fails where the code has moved on from its plans, and shows which', async () => {
    const path = join(clinic, 'src/app.ts');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replaceAll("'slot_full'", "'slot_taken'"));
    expect(readFileSync(path, 'utf8')).not.toBe(before);
    await step('plan --dry-run');
    await step('comment.md\n');
    expect(comment()).toContain('+ POST /desk/appointments › slot_taken');
    expect(comment()).toContain('- POST /desk/appointments › slot_full');
    expect(await step('statewright check')).toMatchObject({ code: 1 });
    writeFileSync(path, before);
  });

  test('asks for no more than it needs, and comments only where its token may', () => {
    expect(WORKFLOW).toContain('on: pull_request\n');
    expect(WORKFLOW).not.toContain('pull_request_target');
    expect(WORKFLOW).not.toContain('secrets.');
    expect(WORKFLOW).toContain('permissions:\n  contents: read\n  pull-requests: write\n');
    const asking = WORKFLOW.indexOf('gh pr comment');
    const condition = 'if: github.event.pull_request.head.repo.full_name == github.repository';
    expect(WORKFLOW.indexOf(condition)).toBeGreaterThan(asking);
    // What the pull request names goes into the shell as variables, never as text of the script.
    for (const text of STEPS) expect(text).not.toContain('${{');
  });
});
