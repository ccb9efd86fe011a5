import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { programOf } from '../../setup/code.ts';

const LOGGER = `
  export class Logger {
    constructor(private module, private level = process.env.LOG_LEVEL) {}
    private worded(args) { return args.map((arg) => (typeof arg === 'object' ? JSON.stringify(arg) : arg)); }
    private log(level, message, ...args) {
      if (this.level && this.level !== level) return;
      const entry: Record<string, unknown> = { at: new Date().toISOString(), message };
      for (const [key, value] of Object.entries(args[0] ?? {})) entry[key] = value;
      if (process.env.JSON_LOGS) console.log(JSON.stringify(entry));
      else console.log(this.module, message, ...this.worded(args));
    }
    info(message, ...args) { this.log('info', message, ...args); }
    warn(message, ...args) { this.log('warn', message, ...args); }
  }`;

function endings({ logger = LOGGER, handler = '' }) {
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5', pg: '8' } }),
    'migrations/1.sql': 'create table berths (id serial primary key, name text not null);',
    'logger.ts': logger,
    'app.ts': `
      import express from 'express'; import pg from 'pg'; import { Logger } from './logger';
      const logger = new Logger('berths'); const pool = new pg.Pool(); const app = express();
      app.get('/berths/:id', async (req, res) => { ${handler} });
      app.listen(3000);`,
  });
  const model = analyze(program, { emit: () => undefined });
  const outcomes = model.apps[0]?.routes[0]?.outcomes ?? [];
  return {
    outcomes: outcomes.map(({ status, when }) => [status, when.map(({ kind }) => kind)]),
    findings: model.findings.map(({ code }) => code),
  };
}

test('what an own logger decides about its lines is no condition of an answer', () => {
  const handler = `
    logger.info('asked', { id: req.params.id, by: req.query.by });
    if (!req.headers['x-key']) { logger.warn('refused', { ip: req.ip }); return res.status(401).json({}); }
    res.json({ ok: true });`;
  expect(endings({ handler }).outcomes).toEqual([
    [401, ['input']],
    [200, ['input']],
  ]);
});

test('however often a route logs, its answer is reached', () => {
  const handler = `${"logger.info('step', req.query);\n".repeat(900)} if (req.query.no) return res.status(409).json({}); res.json({});`;
  const { outcomes, findings } = endings({ handler });
  expect(outcomes.map(([status]) => status)).toEqual([409, 200]);
  expect(findings).toEqual([]);
});

test.each([
  [
    'throws',
    "info(id) { console.log(id); if (!id.startsWith('b')) throw new Error('no'); }",
    500,
    'logger.info(req.params.id);',
  ],
  [
    'calls back',
    'info(id, done) { console.log(id); if (id === "b1") done(); }',
    404,
    'logger.info(req.params.id, () => { throw Object.assign(new Error("x"), { status: 404 }); });',
  ],
  [
    'calls what a function around it was given',
    'info(id) { console.log(id); }',
    404,
    `const ask = (refuse) => {
       const done = () => { console.error('no'); refuse(); };
       if (req.query.no) done();
     };
     ask(() => res.status(404).json({}));`,
  ],
  [
    'sets what a function around it declares',
    'info(id) { console.log(id); }',
    404,
    `let gone = false; const note = () => { console.log('gone'); gone = true; };
     if (req.query.no) note(); if (gone) return res.status(404).json({});`,
  ],
  [
    'adds to a list of a function around it',
    'info(id) { console.log(id); }',
    404,
    `const gone = []; const note = () => { console.log('gone'); gone.push(1); };
     if (req.query.no) note(); if (gone.length > 0) return res.status(404).json({});`,
  ],
  [
    'counts what a function around it declares',
    'info(id) { console.log(id); }',
    404,
    `let left = 1; const note = () => { console.log('gone'); left--; };
     if (req.query.no) note(); if (left === 0) return res.status(404).json({});`,
  ],
  [
    'has a function that it names called',
    'info(ids) { console.log(ids); ids.forEach(known); }',
    500,
    'logger.info([req.params.id]);',
  ],
])('what logs and %s is followed', (_, method, status, handler) => {
  const logger = `function known(id) { if (id === 'b1') throw new Error('known'); }
    export class Logger { constructor(module) {} ${method} }`;
  const { outcomes } = endings({
    logger,
    handler: `${handler} res.json({});`,
  });
  expect(outcomes.map(([each]) => each)).toContain(status);
});
