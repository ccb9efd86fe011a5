// Runs a browser for our process: under the supervisor, so that neither it nor its profile folder
// (in TMPDIR) outlives us. Argument: Playwright's launch options as JSON. Prints where to connect.
import { writeSync } from 'node:fs';
import { chromium } from 'playwright-core';

const server = await chromium.launchServer(JSON.parse(process.argv[2]));
server.on('close', () => process.exit(1));
writeSync(1, `listening ${server.wsEndpoint()}\n`);
