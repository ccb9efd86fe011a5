import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from '../../src/kernel/syntax.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Starts an app of `app.module` and `app.setup`, and prints its router. */
const PRINT = `
require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const { AppModule } = require('./app.module.js');
const { configureApp } = require('./app.setup.js');
NestFactory.create(AppModule, { logger: false, preview: process.argv[2] === 'preview', abortOnError: false }).then(async (app) => {
  configureApp(app);
  await app.init();
  const { stack } = app.getHttpAdapter().getInstance().router;
  const lines = stack.flatMap(({ route }) => {
    const methods = Object.keys(route?.methods ?? {}).filter((one) => route.methods[one]);
    return methods.length > 20 ? ['ALL ' + route.path] : methods.map((one) => (one === '_all' ? 'ALL' : one.toUpperCase()) + ' ' + route.path);
  });
  console.log(JSON.stringify(lines));
});`;

/**
 * The routes that Nest itself registers for an app of these sources, by `METHOD /path`; `preview` makes no
 * providers (they may connect to a database), and so knows no `RouterModule`.
 */
export function nestRoutes(
  texts: Readonly<Record<string, string>>,
  { preview = false } = {},
): string[] {
  mkdirSync(join(MODULES, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(MODULES, '.cache/nest-'));
  try {
    for (const [path, text] of Object.entries(texts)) {
      const target = join(folder, path.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, compiled(text));
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    writeFileSync(join(folder, 'print.js'), PRINT);
    const printed = execFileSync(
      process.execPath,
      [join(folder, 'print.js'), preview ? 'preview' : ''],
      {
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
    return JSON.parse(printed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compiled(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
    },
  }).outputText;
}
