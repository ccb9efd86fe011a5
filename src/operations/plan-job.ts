import type { Emit } from '../kernel/events.ts';
import type { Finding } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import type { Model } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import type { OpenScenario } from './open-scenarios.ts';
import { type Planned, withAnswers } from './plan.ts';
import { settle } from './proposing.ts';
import type { Subject } from './questions.ts';

/** Runs a piece of work once: asked again under the same name, also after a crash, it gives the first result. */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** What is to be planned, as read: the model, what the solver made of it, and what it left open. */
export interface Prepared {
  readonly model: Model;
  readonly planned: Planned;
  readonly open: readonly OpenScenario[];
  readonly subject: Subject;
}

export interface PlanJobPorts {
  readonly step: Step;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly llm: Llm | null;
  /** Reads and solves; pure, so that it may be done again where a job goes on elsewhere. */
  readonly prepare: () => Promise<Prepared>;
  readonly store: {
    /** Keeps a planning and says its id; keeping the same again changes nothing. */
    save(model: Model, planned: Planned, by: 'solver' | 'llm'): Promise<string>;
  };
}

interface Told {
  readonly plan: Plan | null;
  readonly findings: readonly Finding[];
  readonly unreachable: boolean;
}

/**
 * Plans a model: by the solver, then by a language model what that left open. Every call to the model is a
 * step of its own, so that a job which goes on elsewhere asks nothing twice. Returns the planning's id.
 */
export async function planJob(
  input: { readonly llm: boolean; readonly only: string },
  ports: PlanJobPorts,
): Promise<string> {
  const { step, store, llm } = ports;
  let prepared: Prepared | undefined;
  const prepare = async () => (prepared ??= await ports.prepare());
  const solved = await step('solve', async () => {
    const { model, planned } = await prepare();
    return store.save(model, planned, 'solver');
  });
  if (!input.llm || !llm) return solved;
  const { model, planned, open, subject } = await prepare();
  const asked = open.filter(({ scenario }) => scenario.id.includes(input.only));
  const told = await askAll(asked, { ...subject, llm }, ports);
  return step('keep', () => {
    const plans = told.flatMap(({ plan }) => (plan ? [plan] : []));
    const findings = [...planned.findings, ...told.flatMap((item) => item.findings)];
    return store.save(model, { ...withAnswers(planned, plans), findings }, 'llm');
  });
}

async function askAll(
  open: readonly OpenScenario[],
  about: Subject & { readonly llm: Llm },
  { step, emit, signal }: PlanJobPorts,
): Promise<Told[]> {
  const told: Told[] = [];
  emit({ kind: 'stage', stage: 'propose', total: open.length });
  for (const item of open) {
    signal.throwIfAborted();
    const { id } = item.scenario;
    const answer = await step(`ask ${id}`, (): Promise<Told> => settle(item, about, signal));
    told.push(answer);
    emit({ kind: 'progress', stage: 'propose', done: told.length, note: id });
    if (answer.unreachable) break;
  }
  const settled = told.filter(({ plan }) => plan).length;
  emit({ kind: 'done', stage: 'propose', note: `${settled} of ${open.length} settled` });
  return told;
}
