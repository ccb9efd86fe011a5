import { startEmbedded } from '../../src/db/embedded.ts';

// Starts or finds the server of the home given, says so, and then uses it until it is killed.
const server = await startEmbedded({ home: process.argv[2] ?? '' });
console.log(JSON.stringify({ pid: server.pid, started: server.started, url: server.url }));
setInterval(() => undefined, 1000);
