import { ConsoleLinkBody } from '@docusnap/contracts';

const ASK_MS = 5_000;

/** An address that opens the console signed in: once, within minutes. Null where the system gives none, as with CONSOLE=off or a key without admin. */
export async function consoleLink({ url, apiKey }: { url: string; apiKey: string }): Promise<string | null> {
  // Where the console is not served a link would lead nowhere.
  const page = await fetch(`${url}/`, { method: 'HEAD', signal: AbortSignal.timeout(ASK_MS) });
  if (!page.ok) return null;
  const response = await fetch(`${url}/v1/console/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(ASK_MS),
  });
  if (!response.ok) {
    await response.body?.cancel();
    return null;
  }
  return url + ConsoleLinkBody.parse(await response.json()).path;
}
