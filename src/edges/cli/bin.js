#!/usr/bin/env node
// Plain JavaScript, so that any Node gets far enough to find a current one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Node strips types in a checkout, but never below node_modules: there the built files run.
const installed = import.meta.url.includes('/node_modules/');
const entry = new URL(installed ? '../../../dist/edges/cli/main.js' : './main.ts', import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const current = major > 22 || (major === 22 && minor >= (installed ? 12 : 18));

if (current) {
  // Parsing this many modules takes longer than most commands.
  module.enableCompileCache?.(join(home(), 'compiled'));
  const { main } = await import(entry.href);
  await main(process.argv);
} else {
  const own = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
  if (!existsSync(own)) {
    process.stderr.write(
      `statewright needs Node 22.12 or newer; this is ${process.versions.node}.\n` +
        'Install a current Node, or add one to your project: npm install --save-dev node@24\n',
    );
    process.exit(2);
  }
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // Ctrl-C is the child's to answer; we end as it ends.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    for (const each of signals) process.removeAllListeners(each);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 2);
  });
}

/** As `openPlace` has it. */
function home() {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return process.env.STATEWRIGHT_HOME ?? join(cache, 'statewright');
}
