import type * as z from 'zod';
import type { Operation } from '../../kernel/operation.ts';
import { analyzeRepo } from '../../operations/analyze.ts';
import { checkPlans } from '../../operations/check.ts';
import { runDemo } from '../../operations/demo.ts';
import { tearDown } from '../../operations/down.ts';
import { enrollDatabase } from '../../operations/enroll.ts';
import { runEval } from '../../operations/eval.ts';
import { explainEnding, showPlan } from '../../operations/explain.ts';
import { exportTests } from '../../operations/export.ts';
import { collectGarbage } from '../../operations/gc.ts';
import { generateRows } from '../../operations/generate.ts';
import { initConfig } from '../../operations/init.ts';
import type { Place } from '../../operations/place.ts';
import { planRepo } from '../../operations/plan-repo.ts';
import { proveRepo } from '../../operations/prove-repo.ts';
import { listScenarios } from '../../operations/scenarios.ts';
import { setUp } from '../../operations/up.ts';
import type { ProofSummary } from '../../proof/proof.ts';
import { autonoma } from '../autonoma/autonoma.ts';
import { mcp } from '../mcp/mcp.ts';
import { manageKeys } from '../service/manage-keys.ts';
import { serve } from '../service/serve.ts';
import { EXIT } from './failure.ts';
import * as runWords from './run-words.ts';
import * as words from './words.ts';

/** An operation as a command: how its result reads, and how the process ends with it. */
export interface CliCommand {
  readonly operation: Operation<z.ZodObject, z.ZodType, Place>;
  readonly render: (output: unknown) => string;
  readonly exit: (output: unknown) => number;
  readonly json: (output: unknown) => unknown;
  readonly examples: string;
  /** It runs until it is stopped: stopping it is how it ends well. */
  readonly untilStopped: boolean;
}

export const COMMANDS: readonly CliCommand[] = [
  command(initConfig, {
    render: words.initialized,
    exit: ({ findings }) => exitFor(findings),
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
  command(proveRepo, {
    render: words.proved,
    json: words.provedJson,
    exit: ({ summary, findings }) => proofExit(summary, findings),
    examples: '  statewright prove\n  statewright prove --only "POST /checkout" --workers 1',
  }),
  command(explainEnding, {
    render: words.explained,
    examples: '  statewright explain "POST /checkout › coupon_expired"',
  }),
  command(showPlan, {
    render: ({ plan }) => `${JSON.stringify(plan, null, 2)}\n`,
    examples: '  statewright show "POST /checkout › coupon_expired"',
  }),
  command(checkPlans, {
    render: words.checked,
    exit: ({ findings }) => exitFor(findings),
    examples: '  statewright check\n  statewright check --only "POST /checkout" --json',
  }),
  command(exportTests, {
    render: words.exported,
    exit: ({ kept }) => (kept.length > 0 ? EXIT.findings : EXIT.done),
    examples:
      '  statewright export --for playwright\n' +
      '  statewright export --for playwright-agents --only "PAGE /cart"',
  }),
  command(setUp, {
    render: runWords.standing,
    examples:
      '  statewright up "POST /checkout › coupon_expired" --start\n' +
      '  statewright up "POST /checkout › coupon_expired" --db "$TEST_DATABASE_URL" --app http://127.0.0.1:3000',
  }),
  command(tearDown, {
    render: runWords.tornDown,
    exit: ({ changedSince }) => (changedSince.length > 0 ? EXIT.findings : EXIT.done),
    examples: '  statewright down r1a2b3.4c5d --db "$TEST_DATABASE_URL"',
  }),
  command(enrollDatabase, {
    render: words.enrolled,
    examples: '  statewright enroll --db "$TEST_DATABASE_URL" --as test',
  }),
  command(generateRows, {
    render: words.generated,
    examples:
      '  statewright generate --db "$TEST_DATABASE_URL" --rows users=1000,orders=5000 --seed 7',
  }),
  command(collectGarbage, {
    render: runWords.collected,
    exit: ({ swept }) =>
      swept.some(({ outcome }) => outcome === 'failed') ? EXIT.findings : EXIT.done,
    examples: '  statewright gc --dry-run',
  }),
  command(serve, {
    render: () => '',
    untilStopped: true,
    examples:
      '  statewright serve\n  statewright serve --root . --port 3400\n' +
      '  statewright serve --host 0.0.0.0 --store "$STATEWRIGHT_STORE" --log info',
  }),
  command(manageKeys, {
    render: words.keysShown,
    examples:
      '  statewright keys create --name ci --scopes plan,run\n' +
      '  statewright keys list\n  statewright keys revoke --id key_…',
  }),
  command(mcp, {
    render: () => '',
    untilStopped: true,
    examples:
      '  statewright mcp --read-only\n' +
      '  statewright mcp --db "$TEST_DATABASE_URL" --app http://127.0.0.1:3000',
  }),
  command(autonoma, {
    render: () => '',
    untilStopped: true,
    examples:
      '  statewright autonoma --db "$TEST_DATABASE_URL" --app http://127.0.0.1:3000\n' +
      '  statewright autonoma --db "$TEST_DATABASE_URL" --protocol 2.0 --strict',
  }),
  command(runEval, {
    render: words.evaluated,
    json: words.provedJson,
    exit: ({ regressions }) => (regressions > 0 ? EXIT.findings : EXIT.done),
    examples:
      '  statewright eval --notes\n' +
      '  statewright eval --case handlers/library-loan --prove\n' +
      '  statewright eval --beside-prompt my-prompt.md\n' +
      '  statewright eval --accept --note "tighter rule on absences"',
  }),
  command(runDemo, {
    render: words.proved,
    json: words.provedJson,
    exit: ({ summary }) => proofExit(summary, []),
    examples: '  statewright demo --only "POST /api/checkout"',
  }),
];

/** What was expected and did not come back is a finding; what can't be had here is not. */
function proofExit(summary: ProofSummary, findings: readonly { severity: string }[]): number {
  const { diverted = 0, crashed = 0, unstable = 0 } = summary.verdicts;
  if (diverted + crashed + unstable + summary.residue > 0) return EXIT.findings;
  return exitFor(findings);
}

function command<In extends z.ZodObject, Out extends z.ZodType>(
  operation: Operation<In, Out, Place>,
  edge: {
    readonly render: (output: z.infer<Out>) => string;
    readonly exit?: (output: z.infer<Out>) => number;
    readonly json?: (output: z.infer<Out>) => unknown;
    readonly examples: string;
    readonly untilStopped?: boolean;
  },
): CliCommand {
  // The operation's own input schema parsed what `run` gets, and `run` made what `render` gets.
  return {
    operation: operation as unknown as CliCommand['operation'],
    render: edge.render as CliCommand['render'],
    exit: (edge.exit ?? (() => EXIT.done)) as CliCommand['exit'],
    json: (edge.json ?? ((output) => output)) as CliCommand['json'],
    examples: edge.examples,
    untilStopped: edge.untilStopped ?? false,
  };
}

function exitFor(findings: readonly { readonly severity: string }[]): number {
  return findings.some(({ severity }) => severity === 'error') ? EXIT.findings : EXIT.done;
}
