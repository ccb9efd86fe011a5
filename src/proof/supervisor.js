// Runs one command in this process's own group and takes the whole group down when standard input
// closes: the kernel closes it even when whoever holds the other end is killed with -9.
// The first line of standard input says what to run; file descriptor 3 carries back how it ended.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeSync } from 'node:fs';

const GRACE_MS = 1500;

let received = '';
let launched = false;
let stopping = false;
let scratch = null;

process.stdin.setEncoding('utf8');
process.stdin.on('data', receive);
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('SIGHUP', stop);

function receive(chunk) {
  received += chunk;
  const end = received.indexOf('\n');
  if (launched || stopping || end < 0) return;
  launched = true;
  launch(JSON.parse(received.slice(0, end)));
}

function launch(order) {
  scratch = order.scratch;
  if (scratch) mkdirSync(scratch, { mode: 0o700 });
  const [command, ...args] = order.command;
  const child = spawn(command, args, {
    cwd: order.cwd,
    env: order.env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  child.on('error', (error) =>
    finish({ code: null, signal: null, error: error.code ?? 'unknown' }),
  );
  child.on('exit', (code, signal) => finish({ code, signal, error: null }));
}

function stop() {
  if (stopping) return;
  stopping = true;
  if (!launched) finish({ code: null, signal: null, error: null });
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(finish, GRACE_MS, { code: null, signal: 'SIGKILL', error: null });
}

function finish(exit) {
  try {
    writeSync(3, `${JSON.stringify(exit)}\n`);
  } catch {
    // Nobody is left to tell.
  }
  try {
    if (scratch) rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  } finally {
    process.kill(-process.pid, 'SIGKILL');
  }
}
