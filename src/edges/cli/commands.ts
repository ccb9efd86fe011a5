import type * as z from 'zod';
import type { Operation } from '../../kernel/operation.ts';
import { analyzeRepo } from '../../operations/analyze.ts';
import { initConfig } from '../../operations/init.ts';
import type { Checkout } from '../../operations/place.ts';
import { planRepo } from '../../operations/plan-repo.ts';
import { listScenarios } from '../../operations/scenarios.ts';
import { EXIT } from './failure.ts';
import * as words from './words.ts';

/** An operation as a command: how its result reads, and how the process ends with it. */
export interface CliCommand {
  readonly operation: Operation<z.ZodObject, z.ZodType, Checkout>;
  readonly render: (output: unknown) => string;
  readonly exit: (output: unknown) => number;
  readonly examples: string;
}

export const COMMANDS: readonly CliCommand[] = [
  command(initConfig, {
    render: words.initialized,
    examples: '  statewright init\n  statewright init apps/api --force',
  }),
  command(analyzeRepo, {
    render: words.analyzed,
    exit: ({ findings }) => exitFor(findings),
    examples: '  statewright analyze\n  statewright analyze apps/api --json > model.json',
  }),
  command(listScenarios, {
    render: words.listed,
    exit: ({ findings }) => exitFor(findings),
    examples: '  statewright scenarios --route "POST /checkout"',
  }),
  command(planRepo, {
    render: words.planned,
    exit: ({ findings }) => exitFor(findings),
    examples: '  statewright plan\n  statewright plan --dry-run --json',
  }),
];

function command<In extends z.ZodObject, Out extends z.ZodType>(
  operation: Operation<In, Out, Checkout>,
  edge: {
    readonly render: (output: z.infer<Out>) => string;
    readonly exit?: (output: z.infer<Out>) => number;
    readonly examples: string;
  },
): CliCommand {
  // The operation's own input schema parsed what `run` gets, and `run` made what `render` gets.
  return {
    operation: operation as unknown as CliCommand['operation'],
    render: edge.render as CliCommand['render'],
    exit: (edge.exit ?? (() => EXIT.done)) as CliCommand['exit'],
    examples: edge.examples,
  };
}

function exitFor(findings: readonly { readonly severity: string }[]): number {
  return findings.some(({ severity }) => severity === 'error') ? EXIT.findings : EXIT.done;
}
