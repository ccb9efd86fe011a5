import { openService } from './app.ts';

/** The Cloudflare Worker: plans posted models. Analysis and the executor run on Node. */
// biome-ignore lint/style/noDefaultExport: the Workers runtime asks for a default export
export default openService('none');
