import { openService } from './app.ts';

/** The Cloudflare Worker: plans posted models. Analysis and the executor run on Node. */
export default openService('none');
