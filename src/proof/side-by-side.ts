/**
 * Runs `work` that many times side by side and waits for all of them. The first that fails aborts the
 * others' signal; its error is thrown once all have ended.
 */
export async function sideBySide(
  { count, signal }: { count: number; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const running = Array.from({ length: count }, () =>
    work(either).catch((error: unknown) => {
      failed.abort(error);
    }),
  );
  await Promise.all(running);
  signal.throwIfAborted();
  failed.signal.throwIfAborted();
}
