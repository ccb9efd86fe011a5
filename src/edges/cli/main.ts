import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { z } from 'zod';
import { StatewrightError } from '../../kernel/errors.ts';
import { type CliCommand, COMMANDS } from './commands.ts';
import { EXIT, reportFailure } from './failure.ts';
import { jsonPieces } from './json.ts';
import { addOptions, collectInput } from './options.ts';
import { openPlace } from './place.ts';
import { letUnread, print } from './print.ts';
import { showProgress } from './progress.ts';
import { hearSignals } from './stopping.ts';

const FIRST_STEPS = `
A first run:
  statewright init            look at this repo and write statewright.config.ts
  statewright plan            plan the state each ending needs, as files beside the code
  statewright prove           set each state up, fire the request, check what comes back

Exit codes: 0 done, 1 findings, 2 could not run, 3 refused by the guard, 130 and 143 stopped.
Every command takes --json: the result on stdout, everything else on stderr.`;

/** Runs the command line; sets the process's exit code and never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  letUnread();
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
  const { signal, killable, ignore, exitCode } = hearSignals();
  const { emit, end } = showProgress(process.stderr);
  try {
    const place = openPlace({ cached: command.opts()['cache'] !== false });
    const output = await operation
      .run(input.data, { ...place, emit, signal, killable })
      .finally(ignore);
    end();
    const json = command.opts()['json'] === true;
    if (item.untilStopped) return;
    if (json) await print(jsonPieces(item.json(output)));
    await print([json ? '\n' : item.render(output)]);
    process.exitCode = exitCode() ?? item.exit(output);
  } catch (error) {
    end();
    const stopped = exitCode();
    if (stopped === null) throw error;
    process.stderr.write('\nStopped. Everything this run had set up was taken away.\n');
    process.exitCode = stopped;
  }
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
