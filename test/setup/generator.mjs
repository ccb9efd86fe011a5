// A test generator: asks for the plans of a repo, sets each state up, fires its requests, compares, takes it down.
// node generator.mjs URL KEY REPO [FILTER] [PART PARTS]      prints a line of JSON a plan; 1 where any differed
// node generator.mjs URL KEY MODEL.json                      only plans: what a Cloudflare Worker serves
import { readFileSync } from 'node:fs';

const [url, key, repo, filter = '', part = '0', parts = '1'] = process.argv.slice(2);

async function call(method, path, body, headers = {}) {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = await response.json();
  return response.ok ? answer : Promise.reject(new Error(`${answer.detail} ${answer.hint}`));
}
const text = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Sends one request of a plan to the app, as the persona the plan names. */
function fire(when, run) {
  const as = when.as === null ? { headers: {}, cookies: {} } : run.personas[when.as];
  const cookies = Object.entries({ ...as.cookies, ...when.cookies }).map(([k, v]) => `${k}=${v}`);
  const query = Object.entries(when.query ?? {}).map(([k, v]) => [k, text(v)]);
  const headers = { 'content-type': 'application/json', ...as.headers, ...when.headers };
  if (cookies.length > 0) headers.cookie = cookies.join('; ');
  const body = when.raw ?? (when.body === undefined ? undefined : JSON.stringify(when.body));
  const search = query.length > 0 ? `?${new URLSearchParams(query)}` : '';
  const { method } = when;
  return fetch(run.app.url + when.path + search, { method, headers, body, redirect: 'manual' });
}

const model = repo.endsWith('.json') ? JSON.parse(readFileSync(repo, 'utf8')) : null;
const asked = model ? { model } : { repo };
let planning = await call('POST', '/v1/plans', asked, { prefer: 'wait=60' });
while (planning.state) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const job = await call('GET', `/v1/jobs/${planning.id}`);
  planning = job.result ? await call('GET', job.result) : job;
}
const plans = planning.plans.filter(({ id }) => id.includes(filter));
for (const plan of plans.filter((_, at) => at % Number(parts) === Number(part))) {
  const told = { id: plan.id, wanted: plan.then.status, got: null };
  if (model) {
    console.log(JSON.stringify(told));
    continue;
  }
  try {
    const run = await call('POST', '/v1/runs', { repo, plan: plan.id, hours: 0.1 });
    for (const when of run.when) told.got = (await fire(when, run)).status;
    await call('DELETE', `/v1/runs/${run.id}`, null, { 'statewright-handle': run.handle });
  } catch (error) {
    told.problem = error.message;
  }
  if (told.got !== told.wanted) process.exitCode = 1;
  console.log(JSON.stringify(told));
}
