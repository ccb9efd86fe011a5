// Loaded into the app under test before its own code (NODE_OPTIONS=--import) when coverage is asked for:
// V8 counts blocks only in what is compiled after it was told to. Who connects to this process's socket
// gets the counts since the last time as JSON, and the text of each script the first time it is in them.
import { Session } from 'node:inspector';
import net from 'node:net';
import path from 'node:path';
import { threadId } from 'node:worker_threads';

// biome-ignore lint/style/noProcessEnv: how the launcher speaks to this file
const { STATEWRIGHT_COVERAGE: folder = '', STATEWRIGHT_COVERED: root = '' } = process.env;
const session = new Session();
const sent = new Set();
const maps = new Map();

session.connect();
session.on('Debugger.scriptParsed', ({ params }) => {
  if (isOwn(params)) maps.set(params.scriptId, params.sourceMapURL ?? '');
});
// The debugger alone knows the texts of what a loader compiled. It stays on: leaving it ends the counting of blocks.
ask('Debugger.enable');
ask('Debugger.setSkipAllPauses', { skip: true });
ask('Profiler.enable');
ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(JSON.stringify(take()));
});
server.listen(path.join(folder, `${process.pid}-${threadId}.sock`));
server.unref();

/** What ran since the last time. */
function take() {
  const counted = ask('Profiler.takePreciseCoverage').result.filter(isOwn);
  return counted.map(({ scriptId, url, functions }) => {
    const known = sent.has(scriptId) ? {} : textOf(scriptId);
    sent.add(scriptId);
    const ranges = functions.flatMap((each) => each.ranges);
    return { script: scriptId, url, ranges, ...known };
  });
}

function textOf(scriptId) {
  const { scriptSource: text } = ask('Debugger.getScriptSource', { scriptId });
  return { text, map: maps.get(scriptId) ?? '' };
}

/** The app's own code, as it runs: what stands in the repo and is no package. */
function isOwn({ url }) {
  const file = url.startsWith('file://') ? decodeURIComponent(url.slice(7)) : url;
  return file.startsWith(`${root}/`) && !file.includes('/node_modules/');
}

/** What a session of the same thread is asked it answers before it returns. */
function ask(method, params = {}) {
  let answer;
  session.post(method, params, (error, result) => {
    if (error) throw new Error(`${method}: ${error.message}`);
    answer = result;
  });
  return answer;
}
