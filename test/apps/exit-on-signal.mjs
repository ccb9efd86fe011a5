// Loaded before an app, so that it writes its coverage however it takes a signal.
process.prependListener('SIGTERM', () => process.exit(0));
