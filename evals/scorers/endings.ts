import type { Condition } from '../../src/condition/condition.ts';
import { findRoute, type Model, type Outcome } from '../../src/model/model.ts';
import { type Scenario, scenarioId, type Variant } from '../../src/scenarios/scenarios.ts';
import type { Key, KeyEnding } from '../endings/key.ts';
import { pairUp } from './pairing.ts';
import { Touched } from './touched.ts';
import { isUngraded } from './ungraded.ts';

/** A scenario reduced to what a key can be compared with. */
interface Predicted {
  readonly scenario: string;
  readonly route: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly text: readonly string[];
  readonly outcome: Outcome | undefined;
  readonly tables: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
  /** Those of the whole outcome, of which the scenario is one way. */
  readonly whole: Pick<Predicted, 'tables' | 'columns'>;
}

export interface EndingScore {
  readonly recall: number;
  readonly precision: number;
  readonly found: number;
  readonly endings: number;
  readonly right: number;
  readonly predictions: number;
  /** Key endings no scenario matches, and scenarios no key ending matches. */
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
  /** The scenario paired with each key ending. */
  readonly pairs: readonly { readonly ending: KeyEnding; readonly scenario: string | null }[];
}

/**
 * Recall and precision against an answer key. A match is route, status, code (or page literal), and every
 * table and column the key names among those the scenario's conditions touch. Recall pairs one to one.
 * For precision a scenario is right when the outcome it is a way of matches some ending: the ways of one
 * ending are told apart by us, and each touches only a part of what the key names for it. Keys say what the
 * app decides: what the database refuses whatever the app does counts only where a key has it.
 */
export function scoreEndings(model: Model, scenarios: readonly Scenario[], key: Key): EndingScore {
  const every = scenarios.flatMap((scenario) => [
    predict(model, scenario, null),
    ...scenario.variants.map((variant) => predict(model, scenario, variant)),
  ]);
  const predictions = every.filter(
    (each) => !isUngraded(each.outcome, key) || key.endings.some((ending) => matches(each, ending)),
  );
  const fits = key.endings.map((ending) =>
    predictions.flatMap((prediction, index) => (matches(prediction, ending) ? [index] : [])),
  );
  const pairing = pairUp(fits);
  const isRight = (prediction: Predicted): boolean =>
    key.endings.some((ending) => matches({ ...prediction, ...prediction.whole }, ending));
  const wrong = predictions.filter((prediction) => !isRight(prediction));
  const pairs = key.endings.map((ending, index) => {
    const paired = pairing.get(index);
    return {
      ending,
      scenario: paired === undefined ? null : (predictions[paired]?.scenario ?? null),
    };
  });
  return {
    recall: pairing.size / Math.max(1, key.endings.length),
    precision: 1 - wrong.length / Math.max(1, predictions.length),
    found: pairing.size,
    endings: key.endings.length,
    right: predictions.length - wrong.length,
    predictions: predictions.length,
    missed: pairs.flatMap(({ ending, scenario }) => (scenario ? [] : [describe(ending)])),
    wrong: wrong.map(({ scenario }) => scenario),
    pairs,
  };
}

/**
 * The share of the key's feasible endings that a proof run brought about: each is paired with a scenario
 * or variant of its own that was proven. Skipped, external, unsolved and unstable count as not proven.
 */
export function scoreProven(
  model: Model,
  scenarios: readonly Scenario[],
  about: { readonly key: Key; readonly proven: ReadonlySet<string> },
): { readonly proven: number; readonly feasible: number; readonly open: readonly string[] } {
  const predictions = scenarios
    .flatMap((scenario) => [
      predict(model, scenario, null),
      ...scenario.variants.map((variant) => predict(model, scenario, variant)),
    ])
    .filter(({ scenario }) => about.proven.has(scenario));
  const feasible = about.key.endings.filter((ending) => ending.feasible);
  const fits = feasible.map((ending) =>
    predictions.flatMap((prediction, index) => (matches(prediction, ending) ? [index] : [])),
  );
  const pairing = pairUp(fits);
  const open = feasible.filter((_, index) => !pairing.has(index)).map(describe);
  return { proven: pairing.size, feasible: feasible.length, open };
}

function matches(prediction: Predicted, ending: KeyEnding): boolean {
  if (prediction.route !== ending.route || prediction.status !== ending.status) return false;
  if (ending.text.length > 0) {
    return ending.text.every((literal) =>
      prediction.text.some((shown) => shown.includes(literal.trim())),
    );
  }
  return (
    prediction.code === ending.code &&
    ending.tables.every((table) => prediction.tables.has(table)) &&
    ending.columns.every((column) => prediction.columns.has(column))
  );
}

function predict(model: Model, scenario: Scenario, variant: Variant | null): Predicted {
  const found = findRoute(model, scenario.route);
  const outcome = found?.route.outcomes.find(({ id }) => id === (variant ?? scenario).outcome);
  const touch = (conditions: readonly Condition[]): Touched => {
    const reads = [...(found?.route.reads ?? []), ...(variant?.reads ?? [])];
    const touched = new Touched(reads, found?.route.writes ?? [], found?.app ?? null);
    for (const condition of conditions) touched.condition(condition);
    if (found && outcome) touched.effects(found.route, outcome);
    return touched;
  };
  const own = touch([...scenario.when, ...(variant?.when ?? [])]);
  return {
    scenario: variant ? scenarioId(scenario.id, variant.slug) : scenario.id,
    route: scenario.route,
    status: outcome?.status ?? null,
    code: outcome?.code ?? null,
    text: outcome?.text ?? [],
    outcome,
    tables: own.tables,
    columns: own.columns,
    whole: touch([...(outcome?.when ?? []), ...scenario.when, ...(variant?.when ?? [])]),
  };
}

function describe(ending: KeyEnding): string {
  return `${ending.route} › ${ending.status} ${ending.code ?? ''} (${ending.condition})`;
}
