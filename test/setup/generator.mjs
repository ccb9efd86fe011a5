// A test generator in thirty lines: asks for the plans of a repo, sets states up one after the other, fires
// each one's request, and takes each down. Usage: node generator.mjs URL KEY REPO [FILTER]
const [url, key, repo, filter = ''] = process.argv.slice(2);

async function call(method, path, body, headers = {}) {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (response.status >= 400) throw new Error(`${method} ${path}: ${await response.text()}`);
  return response.json();
}

let planning = await call('POST', '/v1/plans', { repo }, { prefer: 'wait=60' });
while (planning.state === 'queued' || planning.state === 'running') {
  await new Promise((resolve) => setTimeout(resolve, 500));
  planning = await call('GET', `/v1/jobs/${planning.id}`);
}
if (planning.result) planning = await call('GET', planning.result);

for (const plan of planning.plans.filter(({ id }) => id.includes(filter))) {
  const run = await call('POST', '/v1/runs', { repo, plan: plan.id, hours: 0.1 });
  const last = run.when.at(-1);
  const as = last.as === null ? { headers: {}, cookies: {} } : run.personas[last.as];
  const cookie = Object.entries({ ...as.cookies, ...last.cookies })
    .map(([k, v]) => `${k}=${v}`)
    .join('; ');
  const answer = await fetch(run.app.url + last.path, {
    method: last.method,
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      ...as.headers,
      ...last.headers,
      ...(cookie ? { cookie } : {}),
    },
    ...(last.body === undefined ? {} : { body: JSON.stringify(last.body) }),
  });
  console.log(JSON.stringify({ id: plan.id, wanted: plan.then.status, got: answer.status }));
  await call('DELETE', `/v1/runs/${run.id}`, null, { 'statewright-handle': run.handle });
}
