import type { BranchCoverage } from '../../proof/proof.ts';

/** What was reached of the branches' sides, what less would have, and what is not counted: a sentence each. */
export function coverageWords(coverage: BranchCoverage): readonly string[] {
  const { sides, taken, boot, plain, leftOut, unmapped } = coverage;
  const share = (count: number) => `${Math.round((100 * count) / Math.max(1, sides))} %`;
  const left = [
    ...(leftOut.bootOnly > 0 ? [`${leftOut.bootOnly} decided at the boot alone`] : []),
    ...(leftOut.infeasible > 0 ? [`${leftOut.infeasible} that lead to infeasible endings`] : []),
  ];
  const lost =
    unmapped.length === 1
      ? '1 script runs without a source map and is not counted.'
      : `${unmapped.length} scripts run without a source map and are not counted.`;
  if (sides === 0)
    return ['Branch sides: nothing is said, for no code that ran leads back to its source.'];
  return [
    `Branch sides ${share(taken)}: ${taken} of the ${sides} that requests can reach.`,
    `The boot alone takes ${share(boot)}, one plain request a route ${share(plain)}.`,
    ...(left.length > 0 ? [`Left out: ${left.join(', ')}.`] : []),
    ...(unmapped.length > 0 ? [lost] : []),
  ];
}
