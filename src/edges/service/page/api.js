// The key lasts as long as the tab.
const NAME = 'statewright-key';

export const key = {
  get: () => sessionStorage.getItem(NAME),
  set: (text) => sessionStorage.setItem(NAME, text),
  clear: () => sessionStorage.removeItem(NAME),
};

async function send(method, path, { body, type = 'application/json', headers = {} } = {}) {
  const response = await fetch(path, {
    method,
    body,
    headers: {
      authorization: `Bearer ${key.get()}`,
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({ detail: response.statusText, hint: '' }));
  throw Object.assign(new Error(`${problem.detail} ${problem.hint}`), problem);
}

export const get = async (path) => (await send('GET', path)).json();
export const getText = async (path) => (await send('GET', path)).text();
export const post = async (path, value, headers) =>
  (await send('POST', path, { body: JSON.stringify(value), headers })).json();
export const upload = async (path, file, type) =>
  (await send('POST', path, { body: file, type, headers: { prefer: 'respond-async' } })).json();
export const remove = async (path, headers) => (await send('DELETE', path, { headers })).json();

/** Follows a job's events to its end, also over a broken connection; `tell` gets each. */
export async function follow(job, tell) {
  let last = 0;
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      const response = await send('GET', job.events, {
        headers: { 'last-event-id': String(last) },
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
        const blocks = text.split('\n\n');
        text = blocks.pop();
        for (const block of blocks) {
          const data = /^data: ?(.*)$/m.exec(block)?.[1];
          if (!data) continue;
          last = Number(/^id: ?(\d+)/m.exec(block)?.[1] ?? last);
          const event = JSON.parse(data);
          tell(event);
          if (event.kind === 'end') return get(`/v1/jobs/${job.id}`);
        }
      }
    } catch (error) {
      if (error.status) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  throw new Error('The job could not be followed to its end.');
}
