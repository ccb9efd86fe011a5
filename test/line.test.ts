import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyze } from '../src/model/analyze.ts';
import { type Reading, readModel } from '../src/operations/reading.ts';
import { openProgram } from '../src/repo/program.ts';
import { copyOfApp, type Line, lineOf, NOUNS, textOf } from './setup/line.ts';

/*
 * The clinic drawn as files: what the first half of the line makes of it. After a change that means to
 * change them, write them anew and read the difference:
 *
 *   STATEWRIGHT_UPDATE=1 npx vitest run test/line.test.ts
 */
const ROOT = resolve(import.meta.dirname, '..');
const BIN = resolve(ROOT, 'src/edges/cli/bin.js');
const CLINIC = resolve(ROOT, 'fixtures/apps/clinic');
const update = process.env['STATEWRIGHT_UPDATE'] === '1';
const quiet = { emit: () => undefined };

const fileOf = (noun: keyof Line) => resolve(ROOT, `fixtures/lines/clinic/${noun}.json`);
const kept = (noun: keyof Line) => readFileSync(fileOf(noun), 'utf8');

let copy = '';
let reading: Reading;

beforeAll(async () => {
  copy = await copyOfApp('clinic');
  reading = await readModel(copy, quiet);
  if (!update) return;
  const line = lineOf(reading.model);
  for (const noun of NOUNS) writeFileSync(fileOf(noun), line[noun]);
});
afterAll(() => rm(dirname(copy), { recursive: true, force: true }));

describe('the clinic, walked from repo to plans', () => {
  test.each(NOUNS)('has the kept %s, byte for byte', (noun) => {
    expect(lineOf(reading.model)[noun]).toBe(kept(noun));
  });

  test('says the same from where the checkout is, but for its commit', async () => {
    const { model } = await readModel(CLINIC, quiet);
    expect(lineOf({ ...model, repo: { ...model.repo, commit: null } }).model).toBe(kept('model'));
    expect(lineOf(model).plans).toBe(kept('plans'));
  });

  test('says the same whatever order its files come in', () => {
    const { repo, files } = reading;
    for (const turn of [1, 3]) {
      const turned = [...repo.files.slice(turn), ...repo.files.slice(0, turn)].reverse();
      const program = openProgram({ ...repo, files: turned }, files);
      expect(lineOf(analyze(program, quiet))).toEqual(lineOf(reading.model));
    }
  });

  test('says the same by the command line, in time zones on both sides of the date line', () => {
    const run = (timeZone: string, ...args: string[]) => {
      const env = { ...process.env, TZ: timeZone };
      const done = spawnSync(process.execPath, [BIN, ...args, '--json'], { env, encoding: 'utf8' });
      expect(done.status, done.stderr).toBe(0);
      return JSON.parse(done.stdout);
    };
    expect(textOf(run('America/St_Johns', 'analyze', copy))).toBe(kept('model'));
    const { scenarios, plans } = run('Pacific/Kiritimati', 'plan', copy, '--dry-run');
    expect(textOf(scenarios)).toBe(kept('scenarios'));
    expect(textOf(plans)).toBe(kept('plans'));
  }, 180_000);
});
