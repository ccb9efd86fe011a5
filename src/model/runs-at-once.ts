/** Functions of libraries that run what they are given at once: scopes, spans, a storage's `run`, retries. */
const RUNS =
  /^(run([A-Z]\w*)?|with[A-Z]\w*|start\w*Span\w*|trace([A-Z]\w*)?|instrument\w*|retry|exclusive)$/;

/** Whether a library's function of this name runs the function it is given, where that is written in place. */
export function runsAtOnce(name: string): boolean {
  return RUNS.test(name);
}
