import { expect } from 'vitest';
import type { Job, Planning } from '../../src/edges/service/shapes.ts';
import type { GiftCard } from './gift-card.ts';
import { askedAbout, giftJob } from './hanging-job.ts';
import type { startProvider } from './provider.ts';
import { clinicCounts, clinicModel } from './service.ts';

/** Where jobs are worked on, as whoever asks for one sees it. */
export interface JobPlace {
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Kills what works on jobs, and starts it again on the same storage. */
  killAndStart(): Promise<void>;
}

type Provider = Awaited<ReturnType<typeof startProvider>>;

async function ask(place: JobPlace, body: string): Promise<Job> {
  const headers = { prefer: 'respond-async' };
  const answer = await place.call('/v1/plans', { method: 'POST', body, headers });
  const text = await answer.text();
  expect(answer.status, text).toBe(202);
  return JSON.parse(text) as Job;
}

async function ended(place: JobPlace, { id }: Job): Promise<{ job: Job; planning: Planning }> {
  const state = async () => (await (await place.call(`/v1/jobs/${id}`)).json()) as Job;
  await expect
    .poll(async () => (await state()).state, { timeout: 90_000, interval: 500 })
    .toBe('done');
  const job = await state();
  return { job, planning: (await (await place.call(job.result ?? '')).json()) as Planning };
}

/** A posted model is planned by a job; its events say so to the end, and who asks again has the same planning. */
export async function keepsWhatItPlanned(place: JobPlace): Promise<void> {
  const body = `{"model":${clinicModel}}`;
  const { job, planning } = await ended(place, await ask(place, body));
  expect(planning.plans).toHaveLength(clinicCounts.plans);
  expect(await (await place.call(job.events)).text()).toContain('"state":"done"');
  const again = await place.call('/v1/plans', { method: 'POST', body });
  expect([again.status, await again.json()]).toEqual([200, planning]);
}

/** Killed while its second question hangs, a job goes on with that question, and asks nothing twice. */
export async function goesOnWhereItWasKilled(
  place: JobPlace,
  { provider, gifts }: { provider: Provider; gifts: GiftCard },
): Promise<void> {
  const before = provider.asked.length;
  const job = await ask(place, giftJob(gifts));
  await expect.poll(() => provider.asked.length - before, { timeout: 60_000 }).toBe(2);
  await place.killAndStart();
  const { planning } = await ended(place, job);
  const told = askedAbout(provider.asked.slice(before));
  // The one that was answered is not asked again; the one that was hanging is, and first.
  expect(told.filter((scenario) => scenario === told[0])).toHaveLength(1);
  expect(told[2]).toBe(told[1]);
  const settled = planning.plans.filter(({ planner }) => planner.kind === 'llm');
  expect(settled.map((plan) => plan.id)).toContain(gifts.open[0]?.scenario.id);
}
