import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { z } from 'zod';
import { StatewrightError } from '../../kernel/errors.ts';
import { escapeHidden } from '../../report/visible.ts';
import { type CliCommand, COMMANDS } from './commands.ts';
import { EXIT, reportFailure } from './failure.ts';
import { jsonPieces } from './json.ts';
import { addOptions, collectInput } from './options.ts';
import { openPlace } from './place.ts';
import { showProgress } from './progress.ts';

const FIRST_STEPS = `
A first run:
  statewright init            look at this repo and write statewright.config.ts
  statewright plan            plan the state each ending needs, as files beside the code
  statewright prove           set each state up, fire the request, check what comes back

Exit codes: 0 done, 1 findings, 2 could not run, 3 refused by the guard.
Every command takes --json: the result on stdout, everything else on stderr.`;

/** Runs the command line; sets the process's exit code and never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('statewright')
    .description('Derives every way an app can end, and sets up, proves and removes the state.')
    .version(ownVersion(), '-v, --version')
    .showHelpAfterError()
    .addHelpText('after', FIRST_STEPS)
    .exitOverride();
  for (const item of COMMANDS) addCommand(program, item);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? usageExit(error) : reportFailure(error);
  }
}

function addCommand(program: Command, item: CliCommand): void {
  const { operation } = item;
  const command = program.command(operation.name).description(operation.summary).exitOverride();
  addOptions(command, operation.input);
  command.option('--json', 'Print the result as JSON on stdout, and nothing else there');
  if (operation.needs === 'checkout')
    command.option('--no-cache', 'Read the repo anew, and keep nothing of it for the next time');
  if (item.examples) command.addHelpText('after', `\nExamples:\n${item.examples}`);
  command.action(() => runCommand(command, item));
}

async function runCommand(command: Command, item: CliCommand): Promise<void> {
  const { operation } = item;
  const input = operation.input.safeParse(collectInput(command, operation.input));
  if (!input.success) throw badInput(input.error);
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  const { emit, end } = showProgress(process.stderr);
  try {
    const output = await operation.run(input.data, {
      ...openPlace({ cached: command.opts()['cache'] !== false }),
      emit,
      signal: interrupt.signal,
    });
    end();
    const json = command.opts()['json'] === true;
    if (item.untilStopped) return;
    if (json) await print(jsonPieces(item.json(output)), escapeHidden);
    await print([json ? '\n' : item.render(output)]);
    process.exitCode = interrupt.signal.aborted ? EXIT.interrupted : item.exit(output);
  } catch (error) {
    end();
    if (!interrupt.signal.aborted) throw error;
    process.stderr.write('\nStopped. Everything this run had set up was taken away.\n');
    process.exitCode = EXIT.interrupted;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
}

/** To stdout, some pieces at a time, each as fast as it is read; nothing more once nobody reads (`… | head`). */
async function print(pieces: Iterable<string>, as = (text: string): string => text): Promise<void> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < PRINTED_AT_ONCE) continue;
    if (!(await write(as(text)))) return;
    text = '';
  }
  if (text !== '') await write(as(text));
}

const PRINTED_AT_ONCE = 65_536;

/** Whether somebody is there to read it. Throws where it can't be written for another reason. */
function write(text: string): Promise<boolean> {
  const { stdout } = process;
  return new Promise((resolve, reject) => {
    // Told by the callback as well; without a listener it would end the process.
    const heard = (): void => undefined;
    stdout.on('error', heard);
    stdout.write(text, (error) => {
      setImmediate(() => stdout.off('error', heard));
      if (!error) resolve(true);
      else if ('code' in error && error.code === 'EPIPE') resolve(false);
      else reject(error);
    });
  });
}

function badInput(error: z.ZodError): StatewrightError {
  const [issue] = error.issues;
  return new StatewrightError(
    'cli.badInput',
    `${issue?.path.join('.') || 'The input'}: ${issue?.message}.`,
    { hint: 'See --help for what the command takes.' },
  );
}

function usageExit(error: CommanderError): number {
  return error.exitCode === 0 ? EXIT.done : EXIT.failed;
}

function ownVersion(): string {
  const manifest = new URL('../../../package.json', import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
