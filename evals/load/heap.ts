/** Loaded into the process that is measured: says what its heap holds once nothing in it is garbage. */
process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.((heapUsed + external) / 1024 ** 2);
});
// To be asked is no reason to live.
process.channel?.unref();
