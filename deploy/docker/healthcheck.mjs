// Ends with 0 when an address answers with success: `node deploy/docker/healthcheck.mjs URL`, for images that have no curl.
try {
  const response = await fetch(process.argv[2], { signal: AbortSignal.timeout(4_000) });
  process.exitCode = response.ok ? 0 : 1;
  await response.body?.cancel();
} catch {
  process.exitCode = 1;
}
